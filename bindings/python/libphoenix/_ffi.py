"""Generated from phoenix.h by bindings/generate."""
import ctypes
from ctypes import (CFUNCTYPE, POINTER, Structure, c_char, c_char_p, c_double,
                    c_int, c_int32, c_int64, c_size_t, c_uint32, c_uint64,
                    c_void_p, sizeof)

PHX_VERSION_MAJOR = 0
PHX_VERSION_MINOR = 1
PHX_VERSION_PATCH = 0
PHX_VERSION = 1000
ARROW_FLAG_DICTIONARY_ORDERED = 1
ARROW_FLAG_NULLABLE = 2
ARROW_FLAG_MAP_KEYS_SORTED = 4

PHX_OK = 0
PHX_DONE = 1
PHX_UNMET = 2
PHX_NO_MEMORY = -1
PHX_MISUSE = -2
PHX_INVALID = -3
PHX_NOT_FOUND = -4
PHX_CONFLICT = -5
PHX_TOO_BIG = -6
PHX_BUSY = -7
PHX_INTERRUPTED = -8
PHX_IO = -9
PHX_CORRUPT = -10
PHX_UNSUPPORTED = -11
PHX_INTERNAL = -12

PHX_OTLP_PROTOBUF = 0
PHX_OTLP_JSON = 1
PHX_SPAN_JSON = 2
PHX_LOGS_PROTOBUF = 3
PHX_LOGS_JSON = 4
PHX_METRICS_PROTOBUF = 5
PHX_METRICS_JSON = 6
PHX_ATIF = 7

PHX_SPAN_UNSET = 0
PHX_SPAN_OK = 1
PHX_SPAN_ERROR = 2

PHX_OPEN_READ_ONLY = 1
PHX_OPEN_NO_MIGRATE = 2
PHX_OPEN_NO_COMPACT = 4

PHX_INPUT_MESSAGES = 0
PHX_OUTPUT_MESSAGES = 1

PHX_PROJECT = 1
PHX_TRACE = 2
PHX_SESSION = 3
PHX_SPAN = 4

PHX_SPAN_ANNOTATION = 0
PHX_TRACE_ANNOTATION = 1
PHX_SESSION_ANNOTATION = 2
PHX_DOCUMENT_ANNOTATION = 3

PHX_ANNOTATOR_LLM = 0
PHX_ANNOTATOR_CODE = 1
PHX_ANNOTATOR_HUMAN = 2

PHX_SOURCE_API = 0
PHX_SOURCE_APP = 1

PHX_CATEGORICAL = 0
PHX_CONTINUOUS = 1
PHX_FREEFORM = 2

PHX_NO_DIRECTION = 0
PHX_MINIMIZE = 1
PHX_MAXIMIZE = 2
PHX_NEITHER = 3

PHX_LOWER_BOUND = 1
PHX_UPPER_BOUND = 2
PHX_THRESHOLD = 4

PHX_MOST_CHOICES = 1000

PHX_DATASET_CREATE = 0
PHX_DATASET_APPEND = 1
PHX_DATASET_UPDATE = 2

PHX_MUSTACHE = 0
PHX_F_STRING = 1
PHX_NO_FORMAT = 2

PHX_PROMPT_DESCRIPTION = 1
PHX_PROMPT_METADATA = 2

PHX_MOST_REPETITIONS = 10000

PHX_CLEAR_DESCRIPTION = 1

PHX_BY_EXAMPLE = 2

PHX_RUN_CONTENT = 1
PHX_RUN_EVALUATIONS = 2

PHX_MAX_DAYS = 1
PHX_MAX_COUNT = 2

PHX_NEWEST_FIRST = 0
PHX_OLDEST_FIRST = 1

PHX_ATTRIBUTES_NESTED = 0
PHX_ATTRIBUTES_FLAT = 1
PHX_ATTRIBUTES_NONE = 2

PHX_SPAN_TOTALS = 1

PHX_BY_NUMBER = 0
PHX_BY_START = 1
PHX_BY_LATENCY = 2

PHX_TREE_ANY_ORDER = 1

PHX_BELOW_DIRECTLY = 1

PHX_LINT_INFO = 0
PHX_LINT_WARNING = 1
PHX_LINT_ERROR = 2

PHX_BIN_NONE = 0
PHX_BIN_MINUTE = 1
PHX_BIN_HOUR = 2
PHX_BIN_DAY = 3
PHX_BIN_WEEK = 4
PHX_BIN_MONTH = 5
PHX_BIN_YEAR = 6

PHX_ROLLUP_TEXTS = 1
PHX_ROLLUP_EXCEPTIONS = 2

PHX_FILTER_SPANS = 0
PHX_FILTER_TRACES = 1
PHX_FILTER_SESSIONS = 2

PHX_WORD_FIELD = 0
PHX_WORD_FUNCTION = 1
PHX_WORD_ITERABLE = 2
PHX_WORD_ANNOTATION = 3
PHX_WORD_ATTRIBUTE = 4

PHX_TYPE_BOOLEAN = 0
PHX_TYPE_NUMBER = 1
PHX_TYPE_TEXT = 2
PHX_TYPE_TIME = 3
PHX_TYPE_ANY = 4
PHX_TYPE_TEXTS = 5
PHX_TYPE_THING = 6

PHX_EVERY_SPAN = 0
PHX_ROOTS = 1
PHX_STRICT_ROOTS = 2

PHX_FRAME_JSON = 0
PHX_FRAME_ARROW = 1

PHX_COLUMN_TEXT = 0
PHX_COLUMN_INT = 1
PHX_COLUMN_REAL = 2
PHX_COLUMN_BOOL = 3

PHX_ARROW_STREAM = 0
PHX_PARQUET = 1
PHX_JSON_LINES = 2
PHX_CSV = 3

PHX_NULL = 0
PHX_INTEGER = 1
PHX_REAL = 2
PHX_TEXT = 3
PHX_BYTES = 4


class phx_error(Structure):
    """512 bytes"""


class phx_text(Structure):
    """Borrowed bytes. data NULL means absent, which is not the same as empty."""


class phx_buf(Structure):
    """Bytes the library writes for the caller, who may reuse it and frees it."""


class phx_match(Structure):
    """Where a span that a search found has its first word."""


class phx_span(Structure):
    """One span, lent. Times are nanoseconds since 1970-01-01 UTC."""


class phx_store_options(Structure):
    def __init__(self, **fields: object) -> None:
        super().__init__(**{"size": sizeof(phx_store_options), "busy_timeout": 5000, **fields})


class phx_ingest_report(Structure):
    pass


class phx_store_stats(Structure):
    pass


class phx_tracer_options(Structure):
    def __init__(self, **fields: object) -> None:
        super().__init__(**{"size": sizeof(phx_tracer_options), **fields})


class phx_project(Structure):
    pass


class phx_trace(Structure):
    """Totals are of the spans whose kind is LLM. Times grow with the spans that come,
    and stay when one of them is deleted, as of a session and its traces."""


class phx_session(Structure):
    pass


class phx_annotation_item(Structure):
    """An annotation to write. Names, identifiers and labels have up to 4,096
    bytes, explanations and metadata up to 1 MiB."""


class phx_annotate_report(Structure):
    pass


class phx_annotation(Structure):
    pass


class phx_annotation_query(Structure):
    """All that is given must hold; of the values of one list, any. At most 30,000
    values in all."""
    def __init__(self, **fields: object) -> None:
        super().__init__(**{"size": sizeof(phx_annotation_query), **fields})


class phx_annotation_config(Structure):
    pass


class phx_config_query(Structure):
    def __init__(self, **fields: object) -> None:
        super().__init__(**{"size": sizeof(phx_config_query), **fields})


class phx_example_item(Structure):
    """An example as it is to be. Objects have up to 16 MiB, ids 4,096 bytes."""


class phx_dataset_change(Structure):
    pass


class phx_dataset(Structure):
    pass


class phx_dataset_version(Structure):
    pass


class phx_example(Structure):
    pass


class phx_split(Structure):
    """A split is a part of every dataset, by name. What is in it belongs to the
    versions: the splits of a version are those that it had when the next came."""


class phx_dataset_label(Structure):
    """A mark on datasets."""


class phx_prompt(Structure):
    pass


class phx_prompt_version(Structure):
    pass


class phx_prompt_tag(Structure):
    pass


class phx_experiment_item(Structure):
    """An experiment to make. Names have up to 4,096 bytes, other texts 16 MiB."""
    def __init__(self, **fields: object) -> None:
        super().__init__(**{"size": sizeof(phx_experiment_item), "repetitions": 1, **fields})


class phx_run_item(Structure):
    """A run to write. Times are kept to the us."""


class phx_evaluation_item(Structure):
    """What is said of a run. Names, labels and ids have up to 4,096 bytes, other
    texts 1 MiB."""


class phx_experiment(Structure):
    pass


class phx_experiment_query(Structure):
    def __init__(self, **fields: object) -> None:
        super().__init__(**{"size": sizeof(phx_experiment_query), **fields})


class phx_evaluation(Structure):
    pass


class phx_run(Structure):
    pass


class phx_run_query(Structure):
    def __init__(self, **fields: object) -> None:
        super().__init__(**{"size": sizeof(phx_run_query), **fields})


class phx_incomplete_run(Structure):
    """What is left to do of an example."""


class phx_experiment_tag(Structure):
    pass


class phx_retention_rule(Structure):
    """A trace is due if one limit does not keep it. Times are those of its start."""


class phx_retention_policy(Structure):
    """Policy 0 is the default one: of projects without another, and for ever."""


class phx_attribute_test(Structure):
    """One test of a span's attribute: equal, and of equal type, except that an
    integer finds a float of its value, too."""


class phx_span_query(Structure):
    """All that is given must hold; of the values of one list, any."""
    def __init__(self, **fields: object) -> None:
        super().__init__(**{"size": sizeof(phx_span_query), **fields})


class phx_trace_query(Structure):
    def __init__(self, **fields: object) -> None:
        super().__init__(**{"size": sizeof(phx_trace_query), **fields})


class phx_session_query(Structure):
    def __init__(self, **fields: object) -> None:
        super().__init__(**{"size": sizeof(phx_session_query), **fields})


class phx_example_change(Structure):
    """What became of an example from one version to another. Its splits and its
    span are those of now on both sides."""


class phx_prompt_version_query(Structure):
    """Versions of a prompt, newest first; or the one of a number."""
    def __init__(self, **fields: object) -> None:
        super().__init__(**{"size": sizeof(phx_prompt_version_query), **fields})


class phx_budget(Structure):
    """What all spans of a store may take; -1 for no bound."""
    def __init__(self, **fields: object) -> None:
        super().__init__(**{"size": sizeof(phx_budget), "spans": -1, "llm_calls": -1, "tokens": -1, "cost": -1, "latency": -1, **fields})


class phx_golden_options(Structure):
    def __init__(self, **fields: object) -> None:
        super().__init__(**{"size": sizeof(phx_golden_options), **fields})


class phx_lint_rule(Structure):
    """What spans of OpenInference and of gen_ai's conventions should be like."""


class phx_finding(Structure):
    """A span that is not as a rule says."""


class phx_cost(Structure):
    """Tokens of one type and what they cost."""


class phx_exception(Structure):
    """Spans that failed with exceptions of a type."""


class phx_rollup_query(Structure):
    """What is summed up: spans that start in a window of time, or traces that do,
    whenever their spans start."""
    def __init__(self, **fields: object) -> None:
        super().__init__(**{"size": sizeof(phx_rollup_query), "of": 4, **fields})


class phx_rollup(Structure):
    """Of the spans or traces that start in the bin, or of all. A quantile lies
    between two values where it must, in proportion (numpy's "linear")."""


class phx_word(Structure):
    """A word that a condition can have."""


class phx_log(Structure):
    """A log record that waits for its span, or names none."""


class phx_frame_query(Structure):
    def __init__(self, **fields: object) -> None:
        super().__init__(**{"size": sizeof(phx_frame_query), "limit": -1, **fields})


class ArrowSchema(Structure):
    pass


class ArrowArray(Structure):
    pass


class ArrowArrayStream(Structure):
    pass


class phx_attribute_column(Structure):
    """One attribute as a column "attributes.PATH" of its own."""


class phx_value(Structure):
    """A value of a row, lent; or of a statement's parameter."""


class phx_sql_options(Structure):
    def __init__(self, **fields: object) -> None:
        super().__init__(**{"size": sizeof(phx_sql_options), **fields})


phx_verify_fn = CFUNCTYPE(None, c_void_p, c_char_p)
phx_stop_fn = CFUNCTYPE(c_int32, c_void_p)

phx_error._fields_ = [
    ("status", c_int32),
    ("os_code", c_int32),
    ("offset", c_int64),
    ("message", c_char * 496),
]

phx_text._fields_ = [
    ("data", c_void_p),
    ("size", c_size_t),
]

phx_buf._fields_ = [
    ("data", c_void_p),
    ("size", c_size_t),
    ("capacity", c_size_t),
]

phx_match._fields_ = [
    ("path", phx_text),
    ("offset", c_size_t),
    ("size", c_size_t),
    ("snippet", phx_text),
    ("mark", c_size_t),
]

phx_span._fields_ = [
    ("id", c_int64),
    ("trace", c_int64),
    ("session", c_int64),
    ("project_id", c_int64),
    ("start_time", c_uint64),
    ("end_time", c_uint64),
    ("prompt_tokens", c_int64),
    ("completion_tokens", c_int64),
    ("status", c_int32),
    ("flags", c_int32),
    ("trace_id", phx_text),
    ("span_id", phx_text),
    ("parent_id", phx_text),
    ("project", phx_text),
    ("session_id", phx_text),
    ("name", phx_text),
    ("kind", phx_text),
    ("status_message", phx_text),
    ("trace_state", phx_text),
    ("attributes", phx_text),
    ("events", phx_text),
    ("kind_attribute", phx_text),
    ("cumulative_prompt_tokens", c_int64),
    ("cumulative_completion_tokens", c_int64),
    ("cumulative_cost", c_double),
    ("match", POINTER(phx_match)),
    ("links", phx_text),
]

phx_store_options._fields_ = [
    ("size", c_size_t),
    ("flags", c_uint32),
    ("busy_timeout", c_uint32),
    ("sqlite_vfs", c_char_p),
    ("retention_days", c_int64),
]

phx_ingest_report._fields_ = [
    ("accepted", c_int64),
    ("duplicate", c_int64),
    ("rejected", c_int64),
]

phx_store_stats._fields_ = [
    ("spans", c_int64),
    ("traces", c_int64),
    ("sessions", c_int64),
    ("projects", c_int64),
    ("blocks", c_int64),
    ("young_blocks", c_int64),
    ("bytes", c_int64),
    ("free_bytes", c_int64),
    ("deleted", c_int64),
    ("log_bytes", c_int64),
]

phx_tracer_options._fields_ = [
    ("size", c_size_t),
    ("project", c_char_p),
    ("service", c_char_p),
    ("scope", c_char_p),
    ("scope_version", c_char_p),
    ("waiting", c_size_t),
]

phx_project._fields_ = [
    ("id", c_int64),
    ("created_at", c_uint64),
    ("updated_at", c_uint64),
    ("name", phx_text),
    ("description", phx_text),
    ("policy", c_int64),
    ("experiment", c_int64),
]

phx_trace._fields_ = [
    ("id", c_int64),
    ("project", c_int64),
    ("session", c_int64),
    ("start_time", c_uint64),
    ("end_time", c_uint64),
    ("spans", c_int64),
    ("errors", c_int64),
    ("prompt_tokens", c_int64),
    ("completion_tokens", c_int64),
    ("trace_id", phx_text),
]

phx_session._fields_ = [
    ("id", c_int64),
    ("project", c_int64),
    ("start_time", c_uint64),
    ("end_time", c_uint64),
    ("traces", c_int64),
    ("session_id", phx_text),
]

phx_annotation_item._fields_ = [
    ("target", c_int64),
    ("target_id", phx_text),
    ("name", phx_text),
    ("identifier", phx_text),
    ("label", phx_text),
    ("explanation", phx_text),
    ("metadata", phx_text),
    ("author", c_int64),
    ("score", c_double),
    ("has_score", c_int32),
    ("kind", c_int32),
    ("position", c_int32),
    ("annotator", c_int32),
    ("source", c_int32),
    ("flags", c_int32),
]

phx_annotate_report._fields_ = [
    ("written", c_int64),
    ("waiting", c_int64),
    ("dropped", c_int64),
]

phx_annotation._fields_ = [
    ("id", c_int64),
    ("target", c_int64),
    ("trace", c_int64),
    ("project", c_int64),
    ("author", c_int64),
    ("created_at", c_uint64),
    ("updated_at", c_uint64),
    ("score", c_double),
    ("has_score", c_int32),
    ("kind", c_int32),
    ("position", c_int32),
    ("annotator", c_int32),
    ("source", c_int32),
    ("target_id", phx_text),
    ("name", phx_text),
    ("identifier", phx_text),
    ("label", phx_text),
    ("explanation", phx_text),
    ("metadata", phx_text),
]

phx_annotation_query._fields_ = [
    ("size", c_size_t),
    ("project", c_int64),
    ("only", c_int64),
    ("from", c_int64),
    ("start_time", c_uint64),
    ("end_time", c_uint64),
    ("limit", c_int64),
    ("kind", c_int32),
    ("annotators", c_uint32),
    ("targets", POINTER(c_int64)),
    ("target_count", c_size_t),
    ("target_ids", POINTER(phx_text)),
    ("target_id_count", c_size_t),
    ("identifiers", POINTER(phx_text)),
    ("identifier_count", c_size_t),
    ("names", POINTER(phx_text)),
    ("name_count", c_size_t),
    ("not_names", POINTER(phx_text)),
    ("not_name_count", c_size_t),
]

phx_annotation_config._fields_ = [
    ("id", c_int64),
    ("lower_bound", c_double),
    ("upper_bound", c_double),
    ("threshold", c_double),
    ("type", c_int32),
    ("direction", c_int32),
    ("bounds", c_int32),
    ("name", phx_text),
    ("description", phx_text),
    ("choices", phx_text),
]

phx_config_query._fields_ = [
    ("size", c_size_t),
    ("project", c_int64),
    ("only", c_int64),
    ("from", c_int64),
    ("limit", c_int64),
    ("name", phx_text),
]

phx_example_item._fields_ = [
    ("input", phx_text),
    ("output", phx_text),
    ("metadata", phx_text),
    ("external_id", phx_text),
    ("example", c_int64),
    ("span_id", phx_text),
    ("splits", phx_text),
]

phx_dataset_change._fields_ = [
    ("dataset", c_int64),
    ("version", c_int64),
    ("created", c_int64),
    ("updated", c_int64),
    ("deleted", c_int64),
]

phx_dataset._fields_ = [
    ("id", c_int64),
    ("created_at", c_uint64),
    ("updated_at", c_uint64),
    ("first_version", c_int64),
    ("version", c_int64),
    ("versions", c_int64),
    ("examples", c_int64),
    ("name", phx_text),
    ("description", phx_text),
    ("metadata", phx_text),
]

phx_dataset_version._fields_ = [
    ("id", c_int64),
    ("dataset", c_int64),
    ("created_at", c_uint64),
    ("examples", c_int64),
    ("hash", phx_text),
]

phx_example._fields_ = [
    ("id", c_int64),
    ("version", c_int64),
    ("updated_at", c_uint64),
    ("external_id", phx_text),
    ("input", phx_text),
    ("output", phx_text),
    ("metadata", phx_text),
    ("hash", phx_text),
    ("strict_hash", phx_text),
    ("span", c_int64),
    ("span_id", phx_text),
    ("splits", phx_text),
]

phx_split._fields_ = [
    ("id", c_int64),
    ("created_at", c_uint64),
    ("updated_at", c_uint64),
    ("examples", c_int64),
    ("name", phx_text),
    ("description", phx_text),
    ("color", phx_text),
    ("metadata", phx_text),
]

phx_dataset_label._fields_ = [
    ("id", c_int64),
    ("name", phx_text),
    ("description", phx_text),
    ("color", phx_text),
]

phx_prompt._fields_ = [
    ("id", c_int64),
    ("created_at", c_uint64),
    ("updated_at", c_uint64),
    ("source", c_int64),
    ("version", c_int64),
    ("versions", c_int64),
    ("name", phx_text),
    ("description", phx_text),
    ("metadata", phx_text),
]

phx_prompt_version._fields_ = [
    ("id", c_int64),
    ("prompt", c_int64),
    ("created_at", c_uint64),
    ("body", phx_text),
]

phx_prompt_tag._fields_ = [
    ("id", c_int64),
    ("prompt", c_int64),
    ("version", c_int64),
    ("updated_at", c_uint64),
    ("name", phx_text),
    ("description", phx_text),
]

phx_experiment_item._fields_ = [
    ("size", c_size_t),
    ("dataset", c_int64),
    ("version", c_int64),
    ("repetitions", c_int64),
    ("name", phx_text),
    ("description", phx_text),
    ("metadata", phx_text),
    ("parameters", phx_text),
    ("evaluators", phx_text),
    ("examples", POINTER(c_int64)),
    ("example_count", c_size_t),
    ("splits", POINTER(c_int64)),
    ("split_count", c_size_t),
]

phx_run_item._fields_ = [
    ("example", c_int64),
    ("repetition", c_int64),
    ("start_time", c_uint64),
    ("end_time", c_uint64),
    ("output", phx_text),
    ("error", phx_text),
    ("trace_id", phx_text),
]

phx_evaluation_item._fields_ = [
    ("run", c_int64),
    ("start_time", c_uint64),
    ("end_time", c_uint64),
    ("score", c_double),
    ("has_score", c_int32),
    ("annotator", c_int32),
    ("name", phx_text),
    ("label", phx_text),
    ("explanation", phx_text),
    ("error", phx_text),
    ("trace_id", phx_text),
    ("metadata", phx_text),
]

phx_experiment._fields_ = [
    ("id", c_int64),
    ("dataset", c_int64),
    ("version", c_int64),
    ("repetitions", c_int64),
    ("examples", c_int64),
    ("runs", c_int64),
    ("failed", c_int64),
    ("created_at", c_uint64),
    ("updated_at", c_uint64),
    ("name", phx_text),
    ("description", phx_text),
    ("project", phx_text),
    ("metadata", phx_text),
    ("parameters", phx_text),
    ("evaluators", phx_text),
]

phx_experiment_query._fields_ = [
    ("size", c_size_t),
    ("dataset", c_int64),
    ("only", c_int64),
    ("from", c_int64),
    ("limit", c_int64),
]

phx_evaluation._fields_ = [
    ("id", c_int64),
    ("run", c_int64),
    ("start_time", c_uint64),
    ("end_time", c_uint64),
    ("score", c_double),
    ("has_score", c_int32),
    ("annotator", c_int32),
    ("name", phx_text),
    ("label", phx_text),
    ("explanation", phx_text),
    ("error", phx_text),
    ("trace_id", phx_text),
    ("metadata", phx_text),
]

phx_run._fields_ = [
    ("id", c_int64),
    ("experiment", c_int64),
    ("example", c_int64),
    ("repetition", c_int64),
    ("start_time", c_uint64),
    ("end_time", c_uint64),
    ("output", phx_text),
    ("error", phx_text),
    ("trace_id", phx_text),
    ("content", POINTER(phx_example)),
    ("evaluations", POINTER(phx_evaluation)),
    ("evaluation_count", c_size_t),
    ("missing", POINTER(phx_text)),
    ("missing_count", c_size_t),
]

phx_run_query._fields_ = [
    ("size", c_size_t),
    ("experiment", c_int64),
    ("from", c_int64),
    ("limit", c_int64),
    ("order", c_int32),
    ("flags", c_int32),
    ("evaluators", POINTER(phx_text)),
    ("evaluator_count", c_size_t),
]

phx_incomplete_run._fields_ = [
    ("content", POINTER(phx_example)),
    ("repetitions", POINTER(c_int64)),
    ("repetition_count", c_size_t),
]

phx_experiment_tag._fields_ = [
    ("id", c_int64),
    ("dataset", c_int64),
    ("experiment", c_int64),
    ("name", phx_text),
    ("description", phx_text),
]

phx_retention_rule._fields_ = [
    ("limits", c_int32),
    ("max_days", c_double),
    ("max_count", c_int64),
]

phx_retention_policy._fields_ = [
    ("id", c_int64),
    ("projects", c_int64),
    ("name", phx_text),
    ("cron", phx_text),
    ("rule", phx_retention_rule),
]

phx_attribute_test._fields_ = [
    ("path", c_char_p),
    ("json", phx_text),
]

phx_span_query._fields_ = [
    ("size", c_size_t),
    ("project", c_int64),
    ("from", c_int64),
    ("start_time", c_uint64),
    ("end_time", c_uint64),
    ("limit", c_int64),
    ("order", c_int32),
    ("attributes", c_int32),
    ("kinds", c_uint32),
    ("statuses", c_uint32),
    ("roots_only", c_int32),
    ("flags", c_int32),
    ("trace_ids", POINTER(phx_text)),
    ("trace_id_count", c_size_t),
    ("span_ids", POINTER(phx_text)),
    ("span_id_count", c_size_t),
    ("parent_ids", POINTER(phx_text)),
    ("parent_id_count", c_size_t),
    ("names", POINTER(phx_text)),
    ("name_count", c_size_t),
    ("tests", POINTER(phx_attribute_test)),
    ("test_count", c_size_t),
    ("filter", phx_text),
    ("search", phx_text),
    ("until", c_int64),
    ("stop", phx_stop_fn),
    ("stop_ctx", c_void_p),
]

phx_trace_query._fields_ = [
    ("size", c_size_t),
    ("project", c_int64),
    ("trace", c_int64),
    ("from", c_int64),
    ("start_time", c_uint64),
    ("end_time", c_uint64),
    ("limit", c_int64),
    ("order", c_int32),
    ("sort", c_int32),
    ("sessions", POINTER(c_int64)),
    ("session_count", c_size_t),
    ("place", c_int64),
    ("place_start", c_uint64),
    ("place_end", c_uint64),
    ("filter", phx_text),
    ("search", phx_text),
    ("stop", phx_stop_fn),
    ("stop_ctx", c_void_p),
]

phx_session_query._fields_ = [
    ("size", c_size_t),
    ("project", c_int64),
    ("session", c_int64),
    ("from", c_int64),
    ("limit", c_int64),
    ("order", c_int32),
    ("flags", c_int32),
    ("filter", phx_text),
    ("stop", phx_stop_fn),
    ("stop_ctx", c_void_p),
]

phx_example_change._fields_ = [
    ("before", POINTER(phx_example)),
    ("after", POINTER(phx_example)),
]

phx_prompt_version_query._fields_ = [
    ("size", c_size_t),
    ("prompt", c_int64),
    ("only", c_int64),
    ("from", c_int64),
    ("limit", c_int64),
    ("tag", phx_text),
]

phx_budget._fields_ = [
    ("size", c_size_t),
    ("spans", c_int64),
    ("llm_calls", c_int64),
    ("tokens", c_int64),
    ("cost", c_double),
    ("latency", c_double),
]

phx_golden_options._fields_ = [
    ("size", c_size_t),
    ("masked", POINTER(phx_text)),
    ("masked_count", c_size_t),
]

phx_lint_rule._fields_ = [
    ("id", c_char_p),
    ("severity", c_int32),
    ("reason", c_char_p),
]

phx_finding._fields_ = [
    ("rule", POINTER(phx_lint_rule)),
    ("span", c_int64),
    ("trace_id", phx_text),
    ("span_id", phx_text),
    ("name", phx_text),
    ("path", phx_text),
    ("message", phx_text),
]

phx_cost._fields_ = [
    ("token_type", phx_text),
    ("is_prompt", c_int32),
    ("tokens", c_int64),
    ("cost", c_double),
]

phx_exception._fields_ = [
    ("type", phx_text),
    ("spans", c_int64),
]

phx_rollup_query._fields_ = [
    ("size", c_size_t),
    ("of", c_int32),
    ("bin", c_int32),
    ("utc_offset", c_int32),
    ("kinds", c_uint32),
    ("project", c_int64),
    ("session", c_int64),
    ("trace", c_int64),
    ("start_time", c_uint64),
    ("end_time", c_uint64),
    ("quantiles", POINTER(c_double)),
    ("quantile_count", c_size_t),
    ("costs", c_int32),
    ("flags", c_int32),
]

phx_rollup._fields_ = [
    ("start_time", c_uint64),
    ("end_time", c_uint64),
    ("spans", c_int64),
    ("traces", c_int64),
    ("error_spans", c_int64),
    ("error_traces", c_int64),
    ("prompt_tokens", c_int64),
    ("completion_tokens", c_int64),
    ("max_latency", c_int64),
    ("statuses", POINTER(c_int64)),
    ("kinds", POINTER(c_int64)),
    ("latencies", POINTER(c_double)),
    ("prompt_cost", c_double),
    ("completion_cost", c_double),
    ("total_cost", c_double),
    ("costs", POINTER(phx_cost)),
    ("cost_count", c_size_t),
    ("first_input", phx_text),
    ("last_output", phx_text),
    ("exceptions", POINTER(phx_exception)),
    ("exception_count", c_size_t),
]

phx_word._fields_ = [
    ("kind", c_int32),
    ("type", c_int32),
    ("text", phx_text),
    ("name", phx_text),
    ("of", phx_text),
    ("element", phx_text),
]

phx_log._fields_ = [
    ("id", c_int64),
    ("received_at", c_uint64),
    ("trace_id", phx_text),
    ("span_id", phx_text),
    ("event", phx_text),
    ("held", c_int32),
]

phx_frame_query._fields_ = [
    ("size", c_size_t),
    ("project", c_int64),
    ("start_time", c_uint64),
    ("end_time", c_uint64),
    ("limit", c_int64),
    ("roots", c_int32),
    ("format", c_int32),
    ("json", phx_text),
]

ArrowSchema._fields_ = [
    ("format", c_char_p),
    ("name", c_char_p),
    ("metadata", c_char_p),
    ("flags", c_int64),
    ("n_children", c_int64),
    ("children", POINTER(POINTER(ArrowSchema))),
    ("dictionary", POINTER(ArrowSchema)),
    ("release", CFUNCTYPE(None, POINTER(ArrowSchema))),
    ("private_data", c_void_p),
]

ArrowArray._fields_ = [
    ("length", c_int64),
    ("null_count", c_int64),
    ("offset", c_int64),
    ("n_buffers", c_int64),
    ("n_children", c_int64),
    ("buffers", POINTER(c_void_p)),
    ("children", POINTER(POINTER(ArrowArray))),
    ("dictionary", POINTER(ArrowArray)),
    ("release", CFUNCTYPE(None, POINTER(ArrowArray))),
    ("private_data", c_void_p),
]

ArrowArrayStream._fields_ = [
    ("get_schema", CFUNCTYPE(c_int, POINTER(ArrowArrayStream), POINTER(ArrowSchema))),
    ("get_next", CFUNCTYPE(c_int, POINTER(ArrowArrayStream), POINTER(ArrowArray))),
    ("get_last_error", CFUNCTYPE(c_char_p, POINTER(ArrowArrayStream))),
    ("release", CFUNCTYPE(None, POINTER(ArrowArrayStream))),
    ("private_data", c_void_p),
]

phx_attribute_column._fields_ = [
    ("path", c_char_p),
    ("type", c_int32),
    ("flags", c_int32),
]

phx_value._fields_ = [
    ("type", c_int32),
    ("flags", c_int32),
    ("integer", c_int64),
    ("real", c_double),
    ("text", phx_text),
]

phx_sql_options._fields_ = [
    ("size", c_size_t),
    ("memory", c_size_t),
    ("timeout", c_uint32),
    ("flags", c_int32),
    ("stop", phx_stop_fn),
    ("stop_ctx", c_void_p),
]

FUNCTIONS = {
    "phx_version": (c_int32, [
    ]),
    "phx_version_text": (c_char_p, [
    ]),
    "phx_has_feature": (c_int32, [
        c_char_p]),
    "phx_status_name": (c_char_p, [
        c_int32]),
    "phx_buf_free": (None, [
        POINTER(phx_buf)]),
    "phx_batch_decode": (c_int32, [
        c_int32, c_void_p, c_size_t, c_char_p, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_batch_size": (c_size_t, [
        c_void_p]),
    "phx_batch_format": (c_int32, [
        c_void_p]),
    "phx_batch_memory": (c_size_t, [
        c_void_p]),
    "phx_batch_rejected": (c_size_t, [
        c_void_p, POINTER(c_char_p)]),
    "phx_batch_span": (POINTER(phx_span), [
        c_void_p, c_size_t]),
    "phx_batch_free": (None, [
        c_void_p]),
    "phx_otlp_answer": (c_int32, [
        c_int32, c_uint64, c_char_p, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_attributes_unflatten": (c_int32, [
        c_char_p, c_size_t, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_attributes_flatten": (c_int32, [
        c_char_p, c_size_t, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_store_open": (c_int32, [
        c_char_p, POINTER(phx_store_options), POINTER(c_void_p), POINTER(phx_error)]),
    "phx_store_close": (None, [
        c_void_p]),
    "phx_store_interrupt": (None, [
        c_void_p]),
    "phx_store_ingest": (c_int32, [
        c_void_p, c_char_p, c_int32, c_void_p, c_size_t, POINTER(phx_ingest_report), POINTER(phx_error)]),
    "phx_store_put": (c_int32, [
        c_void_p, POINTER(c_void_p), c_size_t, POINTER(phx_ingest_report), POINTER(phx_error)]),
    "phx_store_compact": (c_int32, [
        c_void_p, c_uint32, POINTER(phx_error)]),
    "phx_store_verify": (c_int32, [
        c_void_p, phx_verify_fn, c_void_p, POINTER(phx_error)]),
    "phx_store_backup": (c_int32, [
        c_void_p, c_char_p, POINTER(phx_error)]),
    "phx_store_stat": (c_int32, [
        c_void_p, POINTER(phx_store_stats), POINTER(phx_error)]),
    "phx_tracer_open": (c_int32, [
        c_void_p, POINTER(phx_tracer_options), POINTER(c_void_p), POINTER(phx_error)]),
    "phx_tracer_flush": (c_int32, [
        c_void_p, POINTER(phx_error)]),
    "phx_tracer_close": (None, [
        c_void_p]),
    "phx_span_start": (c_int32, [
        c_void_p, c_char_p, c_void_p, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_span_start_remote": (c_int32, [
        c_void_p, c_char_p, c_char_p, c_char_p, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_span_set_start": (c_int32, [
        c_void_p, c_uint64, POINTER(phx_error)]),
    "phx_span_traceparent": (c_char_p, [
        c_void_p]),
    "phx_span_tracestate": (c_char_p, [
        c_void_p]),
    "phx_span_set_text": (c_int32, [
        c_void_p, c_char_p, c_char_p, c_size_t, POINTER(phx_error)]),
    "phx_span_set_int": (c_int32, [
        c_void_p, c_char_p, c_int64, POINTER(phx_error)]),
    "phx_span_set_real": (c_int32, [
        c_void_p, c_char_p, c_double, POINTER(phx_error)]),
    "phx_span_set_bool": (c_int32, [
        c_void_p, c_char_p, c_int32, POINTER(phx_error)]),
    "phx_span_set_json": (c_int32, [
        c_void_p, c_char_p, c_char_p, c_size_t, POINTER(phx_error)]),
    "phx_span_set_kind": (c_int32, [
        c_void_p, c_char_p, POINTER(phx_error)]),
    "phx_span_set_status": (c_int32, [
        c_void_p, c_int32, c_char_p, POINTER(phx_error)]),
    "phx_span_add_message": (c_int32, [
        c_void_p, c_int32, c_char_p, c_char_p, c_size_t, POINTER(phx_error)]),
    "phx_span_add_event": (c_int32, [
        c_void_p, c_char_p, c_char_p, c_size_t, POINTER(phx_error)]),
    "phx_span_add_link": (c_int32, [
        c_void_p, c_char_p, c_char_p, c_size_t, POINTER(phx_error)]),
    "phx_span_record_exception": (c_int32, [
        c_void_p, c_char_p, c_char_p, c_char_p, POINTER(phx_error)]),
    "phx_span_end": (c_int32, [
        c_void_p, c_uint64, POINTER(phx_error)]),
    "phx_span_discard": (None, [
        c_void_p]),
    "phx_project_create": (c_int32, [
        c_void_p, c_char_p, c_char_p, POINTER(c_int64), POINTER(phx_error)]),
    "phx_project_update": (c_int32, [
        c_void_p, c_int64, c_char_p, POINTER(phx_error)]),
    "phx_store_find": (c_int32, [
        c_void_p, c_int32, c_char_p, c_size_t, POINTER(c_int64), POINTER(phx_error)]),
    "phx_store_delete": (c_int32, [
        c_void_p, c_int32, c_int64, POINTER(phx_error)]),
    "phx_store_transfer": (c_int32, [
        c_void_p, POINTER(c_int64), c_size_t, c_int64, POINTER(c_int64), POINTER(phx_error)]),
    "phx_store_annotate": (c_int32, [
        c_void_p, POINTER(phx_annotation_item), c_size_t, POINTER(c_int64), POINTER(phx_error)]),
    "phx_store_annotate_later": (c_int32, [
        c_void_p, POINTER(phx_annotation_item), c_size_t, POINTER(phx_annotate_report), POINTER(phx_error)]),
    "phx_store_annotate_waiting": (c_int32, [
        c_void_p, c_uint64, POINTER(phx_annotate_report), POINTER(phx_error)]),
    "phx_config_create": (c_int32, [
        c_void_p, POINTER(phx_annotation_config), POINTER(c_int64), POINTER(phx_error)]),
    "phx_config_update": (c_int32, [
        c_void_p, POINTER(phx_annotation_config), POINTER(phx_error)]),
    "phx_config_delete": (c_int32, [
        c_void_p, c_int64, POINTER(phx_error)]),
    "phx_project_set_configs": (c_int32, [
        c_void_p, c_int64, POINTER(c_int64), c_size_t, POINTER(phx_error)]),
    "phx_project_set_config": (c_int32, [
        c_void_p, c_int64, c_int64, c_int32, POINTER(phx_error)]),
    "phx_dataset_put": (c_int32, [
        c_void_p, c_char_p, c_int32, c_char_p, POINTER(phx_example_item), c_size_t, POINTER(phx_dataset_change), POINTER(phx_error)]),
    "phx_dataset_revert": (c_int32, [
        c_void_p, c_int64, c_int64, POINTER(phx_dataset_change), POINTER(phx_error)]),
    "phx_dataset_delete": (c_int32, [
        c_void_p, c_int64, POINTER(phx_error)]),
    "phx_split_create": (c_int32, [
        c_void_p, POINTER(phx_split), c_int64, POINTER(c_int64), c_size_t, POINTER(c_int64), POINTER(phx_error)]),
    "phx_split_update": (c_int32, [
        c_void_p, POINTER(phx_split), c_int64, POINTER(c_int64), c_size_t, POINTER(c_int64), c_size_t, POINTER(phx_error)]),
    "phx_split_delete": (c_int32, [
        c_void_p, c_int64, POINTER(phx_error)]),
    "phx_label_create": (c_int32, [
        c_void_p, POINTER(phx_dataset_label), POINTER(c_int64), POINTER(phx_error)]),
    "phx_label_update": (c_int32, [
        c_void_p, POINTER(phx_dataset_label), POINTER(phx_error)]),
    "phx_label_delete": (c_int32, [
        c_void_p, c_int64, POINTER(phx_error)]),
    "phx_dataset_set_labels": (c_int32, [
        c_void_p, c_int64, POINTER(c_int64), c_size_t, POINTER(phx_error)]),
    "phx_dataset_set_label": (c_int32, [
        c_void_p, c_int64, c_int64, c_int32, POINTER(phx_error)]),
    "phx_prompt_check": (c_int32, [
        c_char_p, c_size_t, POINTER(phx_buf), POINTER(phx_buf), POINTER(phx_error)]),
    "phx_prompt_put": (c_int32, [
        c_void_p, POINTER(phx_prompt), c_char_p, c_size_t, POINTER(c_int64), POINTER(phx_error)]),
    "phx_prompt_update": (c_int32, [
        c_void_p, POINTER(phx_prompt), c_int32, POINTER(phx_error)]),
    "phx_prompt_delete": (c_int32, [
        c_void_p, c_int64, POINTER(phx_error)]),
    "phx_prompt_set_tag": (c_int32, [
        c_void_p, c_int64, c_char_p, c_char_p, POINTER(phx_error)]),
    "phx_prompt_delete_tag": (c_int32, [
        c_void_p, c_int64, c_char_p, POINTER(phx_error)]),
    "phx_prompt_render": (c_int32, [
        c_int32, c_char_p, c_size_t, c_char_p, c_size_t, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_prompt_variables": (c_int32, [
        c_int32, c_char_p, c_size_t, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_prompt_fill": (c_int32, [
        c_char_p, c_size_t, c_char_p, c_size_t, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_prompt_diff": (c_int32, [
        c_char_p, c_size_t, c_char_p, c_size_t, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_experiment_create": (c_int32, [
        c_void_p, POINTER(phx_experiment_item), POINTER(c_int64), POINTER(phx_error)]),
    "phx_experiment_update": (c_int32, [
        c_void_p, c_int64, c_char_p, c_char_p, c_char_p, c_int32, POINTER(phx_error)]),
    "phx_experiment_delete": (c_int32, [
        c_void_p, c_int64, c_int32, POINTER(phx_error)]),
    "phx_experiment_put_runs": (c_int32, [
        c_void_p, c_int64, POINTER(phx_run_item), c_size_t, POINTER(c_int64), POINTER(phx_error)]),
    "phx_store_put_evaluations": (c_int32, [
        c_void_p, POINTER(phx_evaluation_item), c_size_t, POINTER(c_int64), POINTER(phx_error)]),
    "phx_experiment_set_tag": (c_int32, [
        c_void_p, c_int64, c_char_p, c_char_p, POINTER(c_int64), POINTER(phx_error)]),
    "phx_experiment_delete_tag": (c_int32, [
        c_void_p, c_int64, c_char_p, POINTER(phx_error)]),
    "phx_store_retain": (c_int32, [
        c_void_p, c_int64, POINTER(phx_retention_rule), c_uint64, c_uint32, POINTER(c_int64), POINTER(phx_error)]),
    "phx_store_retain_due": (c_int32, [
        c_void_p, c_uint64, c_uint32, POINTER(c_int64), POINTER(phx_error)]),
    "phx_store_shrink": (c_int32, [
        c_void_p, c_int64, c_uint32, POINTER(c_int64), POINTER(phx_error)]),
    "phx_policy_create": (c_int32, [
        c_void_p, c_char_p, c_char_p, POINTER(phx_retention_rule), POINTER(c_int64), POINTER(phx_error)]),
    "phx_policy_update": (c_int32, [
        c_void_p, c_int64, c_char_p, c_char_p, POINTER(phx_retention_rule), POINTER(phx_error)]),
    "phx_policy_delete": (c_int32, [
        c_void_p, c_int64, POINTER(phx_error)]),
    "phx_project_set_policy": (c_int32, [
        c_void_p, c_int64, c_int64, POINTER(phx_error)]),
    "phx_search_check": (c_int32, [
        c_char_p, c_size_t, POINTER(phx_error)]),
    "phx_kind_name": (c_char_p, [
        c_int32]),
    "phx_store_find_spans": (c_int32, [
        c_void_p, POINTER(phx_span_query), POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_span": (c_int32, [
        c_void_p, POINTER(POINTER(phx_span)), POINTER(phx_error)]),
    "phx_cursor_next_otlp": (c_int32, [
        c_void_p, c_int32, c_size_t, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_store_find_traces": (c_int32, [
        c_void_p, POINTER(phx_trace_query), POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_trace": (c_int32, [
        c_void_p, POINTER(POINTER(phx_trace)), POINTER(phx_error)]),
    "phx_store_find_sessions": (c_int32, [
        c_void_p, POINTER(phx_session_query), POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_session": (c_int32, [
        c_void_p, POINTER(POINTER(phx_session)), POINTER(phx_error)]),
    "phx_store_find_projects": (c_int32, [
        c_void_p, c_int64, c_int64, c_char_p, c_int64, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_project": (c_int32, [
        c_void_p, POINTER(POINTER(phx_project)), POINTER(phx_error)]),
    "phx_store_find_annotations": (c_int32, [
        c_void_p, POINTER(phx_annotation_query), POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_annotation": (c_int32, [
        c_void_p, POINTER(POINTER(phx_annotation)), POINTER(phx_error)]),
    "phx_store_delete_annotations": (c_int32, [
        c_void_p, POINTER(phx_annotation_query), POINTER(c_int64), POINTER(phx_error)]),
    "phx_store_find_datasets": (c_int32, [
        c_void_p, c_int64, c_int64, c_char_p, c_int64, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_dataset": (c_int32, [
        c_void_p, POINTER(POINTER(phx_dataset)), POINTER(phx_error)]),
    "phx_store_find_versions": (c_int32, [
        c_void_p, c_int64, c_int64, c_int64, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_version": (c_int32, [
        c_void_p, POINTER(POINTER(phx_dataset_version)), POINTER(phx_error)]),
    "phx_store_find_examples": (c_int32, [
        c_void_p, c_int64, c_int64, c_int64, c_int64, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_store_find_split_examples": (c_int32, [
        c_void_p, c_int64, c_int64, POINTER(c_int64), c_size_t, c_int32, c_int64, c_int64, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_example": (c_int32, [
        c_void_p, POINTER(POINTER(phx_example)), POINTER(phx_error)]),
    "phx_store_find_changes": (c_int32, [
        c_void_p, c_int64, c_int64, c_int64, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_change": (c_int32, [
        c_void_p, POINTER(POINTER(phx_example_change)), POINTER(phx_error)]),
    "phx_store_find_splits": (c_int32, [
        c_void_p, c_int64, c_char_p, c_int64, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_split": (c_int32, [
        c_void_p, POINTER(POINTER(phx_split)), POINTER(phx_error)]),
    "phx_store_find_labels": (c_int32, [
        c_void_p, c_int64, c_int64, c_int64, c_int64, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_label": (c_int32, [
        c_void_p, POINTER(POINTER(phx_dataset_label)), POINTER(phx_error)]),
    "phx_store_find_prompts": (c_int32, [
        c_void_p, c_int64, c_int64, c_char_p, c_int64, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_prompt": (c_int32, [
        c_void_p, POINTER(POINTER(phx_prompt)), POINTER(phx_error)]),
    "phx_store_find_prompt_versions": (c_int32, [
        c_void_p, POINTER(phx_prompt_version_query), POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_prompt_version": (c_int32, [
        c_void_p, POINTER(POINTER(phx_prompt_version)), POINTER(phx_error)]),
    "phx_store_find_prompt_tags": (c_int32, [
        c_void_p, c_int64, c_int64, c_int64, c_int64, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_prompt_tag": (c_int32, [
        c_void_p, POINTER(POINTER(phx_prompt_tag)), POINTER(phx_error)]),
    "phx_store_find_experiments": (c_int32, [
        c_void_p, POINTER(phx_experiment_query), POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_experiment": (c_int32, [
        c_void_p, POINTER(POINTER(phx_experiment)), POINTER(phx_error)]),
    "phx_store_find_runs": (c_int32, [
        c_void_p, POINTER(phx_run_query), POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_run": (c_int32, [
        c_void_p, POINTER(POINTER(phx_run)), POINTER(phx_error)]),
    "phx_store_find_incomplete_runs": (c_int32, [
        c_void_p, c_int64, c_int64, c_int64, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_incomplete_run": (c_int32, [
        c_void_p, POINTER(POINTER(phx_incomplete_run)), POINTER(phx_error)]),
    "phx_store_find_tags": (c_int32, [
        c_void_p, c_int64, c_int64, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_tag": (c_int32, [
        c_void_p, POINTER(POINTER(phx_experiment_tag)), POINTER(phx_error)]),
    "phx_expect_count": (c_int32, [
        c_void_p, c_char_p, c_size_t, c_int64, c_int64, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_expect_tree": (c_int32, [
        c_void_p, c_char_p, c_size_t, c_int32, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_expect_order": (c_int32, [
        c_void_p, POINTER(phx_text), c_size_t, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_expect_below": (c_int32, [
        c_void_p, c_char_p, c_size_t, c_char_p, c_size_t, c_int32, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_expect_every": (c_int32, [
        c_void_p, c_char_p, c_size_t, c_char_p, c_size_t, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_expect_attributes": (c_int32, [
        c_void_p, c_char_p, c_size_t, c_char_p, c_size_t, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_expect_budget": (c_int32, [
        c_void_p, POINTER(phx_budget), POINTER(phx_buf), POINTER(phx_error)]),
    "phx_golden_write": (c_int32, [
        c_void_p, POINTER(phx_golden_options), POINTER(phx_buf), POINTER(phx_error)]),
    "phx_golden_compare": (c_int32, [
        c_void_p, c_char_p, c_size_t, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_lint_rule_at": (POINTER(phx_lint_rule), [
        c_size_t]),
    "phx_batch_lint": (c_int32, [
        c_void_p, c_void_p, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_store_lint": (c_int32, [
        c_void_p, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_finding": (c_int32, [
        c_void_p, POINTER(POINTER(phx_finding)), POINTER(phx_error)]),
    "phx_prices_read": (c_int32, [
        c_void_p, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_price_put": (c_int32, [
        c_void_p, c_char_p, c_size_t, POINTER(c_int64), POINTER(phx_error)]),
    "phx_price_delete": (c_int32, [
        c_void_p, c_int64, POINTER(phx_error)]),
    "phx_prices_apply": (c_int32, [
        c_void_p, c_int64, POINTER(phx_error)]),
    "phx_store_find_costs": (c_int32, [
        c_void_p, c_int64, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_cost": (c_int32, [
        c_void_p, POINTER(POINTER(phx_cost)), POINTER(phx_error)]),
    "phx_store_roll_up": (c_int32, [
        c_void_p, POINTER(phx_rollup_query), POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_rollup": (c_int32, [
        c_void_p, POINTER(POINTER(phx_rollup)), POINTER(phx_error)]),
    "phx_filter_check": (c_int32, [
        c_int32, c_char_p, c_size_t, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_filter_vocabulary": (c_int32, [
        c_int32, c_void_p, c_int64, c_size_t, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_store_annotation_names": (c_int32, [
        c_void_p, c_int32, c_int64, c_size_t, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_word": (c_int32, [
        c_void_p, POINTER(POINTER(phx_word)), POINTER(phx_error)]),
    "phx_store_find_policies": (c_int32, [
        c_void_p, c_int64, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_policy": (c_int32, [
        c_void_p, POINTER(POINTER(phx_retention_policy)), POINTER(phx_error)]),
    "phx_store_find_configs": (c_int32, [
        c_void_p, POINTER(phx_config_query), POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_config": (c_int32, [
        c_void_p, POINTER(POINTER(phx_annotation_config)), POINTER(phx_error)]),
    "phx_store_find_logs": (c_int32, [
        c_void_p, c_int64, c_int64, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_cursor_next_log": (c_int32, [
        c_void_p, POINTER(POINTER(phx_log)), POINTER(phx_error)]),
    "phx_cursor_next_json": (c_int32, [
        c_void_p, c_size_t, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_cursor_close": (None, [
        c_void_p]),
    "phx_store_open_frame": (c_int32, [
        c_void_p, POINTER(phx_frame_query), POINTER(c_void_p), POINTER(phx_error)]),
    "phx_frame_next": (c_int32, [
        c_void_p, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_frame_close": (None, [
        c_void_p]),
    "phx_store_export_arrow": (c_int32, [
        c_void_p, POINTER(phx_span_query), POINTER(phx_attribute_column), c_size_t, POINTER(ArrowArrayStream), POINTER(phx_error)]),
    "phx_export_open": (c_int32, [
        c_void_p, POINTER(phx_span_query), POINTER(phx_attribute_column), c_size_t, c_int32, POINTER(c_void_p), POINTER(phx_error)]),
    "phx_export_next": (c_int32, [
        c_void_p, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_export_close": (None, [
        c_void_p]),
    "phx_store_save": (c_int32, [
        c_void_p, POINTER(phx_span_query), c_char_p, POINTER(phx_error)]),
    "phx_store_merge": (c_int32, [
        c_void_p, c_char_p, POINTER(phx_ingest_report), POINTER(phx_error)]),
    "phx_store_sql": (c_int32, [
        c_void_p, c_char_p, c_size_t, POINTER(phx_value), c_size_t, POINTER(phx_sql_options), POINTER(c_void_p), POINTER(phx_error)]),
    "phx_rows_columns": (c_size_t, [
        c_void_p]),
    "phx_rows_name": (c_char_p, [
        c_void_p, c_size_t]),
    "phx_rows_next": (c_int32, [
        c_void_p, POINTER(POINTER(phx_value)), POINTER(phx_error)]),
    "phx_rows_next_json": (c_int32, [
        c_void_p, c_size_t, POINTER(phx_buf), POINTER(phx_error)]),
    "phx_rows_close": (None, [
        c_void_p]),
}


def bind(path: str) -> ctypes.CDLL:
    """Loads the library and gives each function its types."""
    library = ctypes.CDLL(path)
    for name, (result, arguments) in FUNCTIONS.items():
        function = getattr(library, name)
        function.restype = result
        function.argtypes = arguments
    return library
