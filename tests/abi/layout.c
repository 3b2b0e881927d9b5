/*
 * Generated from phoenix.h by bindings/generate. Sizes, offsets, values and
 * functions as programs built with the library know them: a line that goes
 * or changes breaks them.
 */
/* clang-format off */
#include <phoenix.h>

_Static_assert(PHX_OK == 0, "");
_Static_assert(PHX_DONE == 1, "");
_Static_assert(PHX_UNMET == 2, "");
_Static_assert(PHX_NO_MEMORY == -1, "");
_Static_assert(PHX_MISUSE == -2, "");
_Static_assert(PHX_INVALID == -3, "");
_Static_assert(PHX_NOT_FOUND == -4, "");
_Static_assert(PHX_CONFLICT == -5, "");
_Static_assert(PHX_TOO_BIG == -6, "");
_Static_assert(PHX_BUSY == -7, "");
_Static_assert(PHX_INTERRUPTED == -8, "");
_Static_assert(PHX_IO == -9, "");
_Static_assert(PHX_CORRUPT == -10, "");
_Static_assert(PHX_UNSUPPORTED == -11, "");
_Static_assert(PHX_INTERNAL == -12, "");

_Static_assert(PHX_OTLP_PROTOBUF == 0, "");
_Static_assert(PHX_OTLP_JSON == 1, "");
_Static_assert(PHX_SPAN_JSON == 2, "");
_Static_assert(PHX_LOGS_PROTOBUF == 3, "");
_Static_assert(PHX_LOGS_JSON == 4, "");
_Static_assert(PHX_METRICS_PROTOBUF == 5, "");
_Static_assert(PHX_METRICS_JSON == 6, "");
_Static_assert(PHX_ATIF == 7, "");

_Static_assert(PHX_SPAN_UNSET == 0, "");
_Static_assert(PHX_SPAN_OK == 1, "");
_Static_assert(PHX_SPAN_ERROR == 2, "");

_Static_assert(PHX_OPEN_READ_ONLY == 1, "");
_Static_assert(PHX_OPEN_NO_MIGRATE == 2, "");
_Static_assert(PHX_OPEN_NO_COMPACT == 4, "");

_Static_assert(PHX_INPUT_MESSAGES == 0, "");
_Static_assert(PHX_OUTPUT_MESSAGES == 1, "");

_Static_assert(PHX_PROJECT == 1, "");
_Static_assert(PHX_TRACE == 2, "");
_Static_assert(PHX_SESSION == 3, "");
_Static_assert(PHX_SPAN == 4, "");

_Static_assert(PHX_SPAN_ANNOTATION == 0, "");
_Static_assert(PHX_TRACE_ANNOTATION == 1, "");
_Static_assert(PHX_SESSION_ANNOTATION == 2, "");
_Static_assert(PHX_DOCUMENT_ANNOTATION == 3, "");

_Static_assert(PHX_ANNOTATOR_LLM == 0, "");
_Static_assert(PHX_ANNOTATOR_CODE == 1, "");
_Static_assert(PHX_ANNOTATOR_HUMAN == 2, "");

_Static_assert(PHX_SOURCE_API == 0, "");
_Static_assert(PHX_SOURCE_APP == 1, "");

_Static_assert(PHX_CATEGORICAL == 0, "");
_Static_assert(PHX_CONTINUOUS == 1, "");
_Static_assert(PHX_FREEFORM == 2, "");

_Static_assert(PHX_NO_DIRECTION == 0, "");
_Static_assert(PHX_MINIMIZE == 1, "");
_Static_assert(PHX_MAXIMIZE == 2, "");
_Static_assert(PHX_NEITHER == 3, "");

_Static_assert(PHX_LOWER_BOUND == 1, "");
_Static_assert(PHX_UPPER_BOUND == 2, "");
_Static_assert(PHX_THRESHOLD == 4, "");

_Static_assert(PHX_MOST_CHOICES == 1000, "");

_Static_assert(PHX_DATASET_CREATE == 0, "");
_Static_assert(PHX_DATASET_APPEND == 1, "");
_Static_assert(PHX_DATASET_UPDATE == 2, "");

_Static_assert(PHX_MUSTACHE == 0, "");
_Static_assert(PHX_F_STRING == 1, "");
_Static_assert(PHX_NO_FORMAT == 2, "");

_Static_assert(PHX_PROMPT_DESCRIPTION == 1, "");
_Static_assert(PHX_PROMPT_METADATA == 2, "");

_Static_assert(PHX_MOST_REPETITIONS == 10000, "");

_Static_assert(PHX_CLEAR_DESCRIPTION == 1, "");

_Static_assert(PHX_BY_EXAMPLE == 2, "");

_Static_assert(PHX_RUN_CONTENT == 1, "");
_Static_assert(PHX_RUN_EVALUATIONS == 2, "");

_Static_assert(PHX_MAX_DAYS == 1, "");
_Static_assert(PHX_MAX_COUNT == 2, "");

_Static_assert(PHX_NEWEST_FIRST == 0, "");
_Static_assert(PHX_OLDEST_FIRST == 1, "");

_Static_assert(PHX_ATTRIBUTES_NESTED == 0, "");
_Static_assert(PHX_ATTRIBUTES_FLAT == 1, "");
_Static_assert(PHX_ATTRIBUTES_NONE == 2, "");

_Static_assert(PHX_SPAN_TOTALS == 1, "");

_Static_assert(PHX_BY_NUMBER == 0, "");
_Static_assert(PHX_BY_START == 1, "");
_Static_assert(PHX_BY_LATENCY == 2, "");

_Static_assert(PHX_TREE_ANY_ORDER == 1, "");

_Static_assert(PHX_BELOW_DIRECTLY == 1, "");

_Static_assert(PHX_LINT_INFO == 0, "");
_Static_assert(PHX_LINT_WARNING == 1, "");
_Static_assert(PHX_LINT_ERROR == 2, "");

_Static_assert(PHX_BIN_NONE == 0, "");
_Static_assert(PHX_BIN_MINUTE == 1, "");
_Static_assert(PHX_BIN_HOUR == 2, "");
_Static_assert(PHX_BIN_DAY == 3, "");
_Static_assert(PHX_BIN_WEEK == 4, "");
_Static_assert(PHX_BIN_MONTH == 5, "");
_Static_assert(PHX_BIN_YEAR == 6, "");

_Static_assert(PHX_ROLLUP_TEXTS == 1, "");
_Static_assert(PHX_ROLLUP_EXCEPTIONS == 2, "");

_Static_assert(PHX_FILTER_SPANS == 0, "");
_Static_assert(PHX_FILTER_TRACES == 1, "");
_Static_assert(PHX_FILTER_SESSIONS == 2, "");

_Static_assert(PHX_WORD_FIELD == 0, "");
_Static_assert(PHX_WORD_FUNCTION == 1, "");
_Static_assert(PHX_WORD_ITERABLE == 2, "");
_Static_assert(PHX_WORD_ANNOTATION == 3, "");
_Static_assert(PHX_WORD_ATTRIBUTE == 4, "");

_Static_assert(PHX_TYPE_BOOLEAN == 0, "");
_Static_assert(PHX_TYPE_NUMBER == 1, "");
_Static_assert(PHX_TYPE_TEXT == 2, "");
_Static_assert(PHX_TYPE_TIME == 3, "");
_Static_assert(PHX_TYPE_ANY == 4, "");
_Static_assert(PHX_TYPE_TEXTS == 5, "");
_Static_assert(PHX_TYPE_THING == 6, "");

_Static_assert(PHX_EVERY_SPAN == 0, "");
_Static_assert(PHX_ROOTS == 1, "");
_Static_assert(PHX_STRICT_ROOTS == 2, "");

_Static_assert(PHX_FRAME_JSON == 0, "");
_Static_assert(PHX_FRAME_ARROW == 1, "");

_Static_assert(PHX_COLUMN_TEXT == 0, "");
_Static_assert(PHX_COLUMN_INT == 1, "");
_Static_assert(PHX_COLUMN_REAL == 2, "");
_Static_assert(PHX_COLUMN_BOOL == 3, "");

_Static_assert(PHX_ARROW_STREAM == 0, "");
_Static_assert(PHX_PARQUET == 1, "");
_Static_assert(PHX_JSON_LINES == 2, "");
_Static_assert(PHX_CSV == 3, "");

_Static_assert(PHX_NULL == 0, "");
_Static_assert(PHX_INTEGER == 1, "");
_Static_assert(PHX_REAL == 2, "");
_Static_assert(PHX_TEXT == 3, "");
_Static_assert(PHX_BYTES == 4, "");

_Static_assert(sizeof(phx_error) == 512, "");
_Static_assert(offsetof(phx_error, status) == 0, "");
_Static_assert(offsetof(phx_error, os_code) == 4, "");
_Static_assert(offsetof(phx_error, offset) == 8, "");
_Static_assert(offsetof(phx_error, message) == 16, "");

_Static_assert(sizeof(phx_text) == 16, "");
_Static_assert(offsetof(phx_text, data) == 0, "");
_Static_assert(offsetof(phx_text, size) == 8, "");

_Static_assert(sizeof(phx_buf) == 24, "");
_Static_assert(offsetof(phx_buf, data) == 0, "");
_Static_assert(offsetof(phx_buf, size) == 8, "");
_Static_assert(offsetof(phx_buf, capacity) == 16, "");

_Static_assert(sizeof(phx_match) == 56, "");
_Static_assert(offsetof(phx_match, path) == 0, "");
_Static_assert(offsetof(phx_match, offset) == 16, "");
_Static_assert(offsetof(phx_match, size) == 24, "");
_Static_assert(offsetof(phx_match, snippet) == 32, "");
_Static_assert(offsetof(phx_match, mark) == 48, "");

_Static_assert(sizeof(phx_span) == 312, "");
_Static_assert(offsetof(phx_span, id) == 0, "");
_Static_assert(offsetof(phx_span, trace) == 8, "");
_Static_assert(offsetof(phx_span, session) == 16, "");
_Static_assert(offsetof(phx_span, project_id) == 24, "");
_Static_assert(offsetof(phx_span, start_time) == 32, "");
_Static_assert(offsetof(phx_span, end_time) == 40, "");
_Static_assert(offsetof(phx_span, prompt_tokens) == 48, "");
_Static_assert(offsetof(phx_span, completion_tokens) == 56, "");
_Static_assert(offsetof(phx_span, status) == 64, "");
_Static_assert(offsetof(phx_span, flags) == 68, "");
_Static_assert(offsetof(phx_span, trace_id) == 72, "");
_Static_assert(offsetof(phx_span, span_id) == 88, "");
_Static_assert(offsetof(phx_span, parent_id) == 104, "");
_Static_assert(offsetof(phx_span, project) == 120, "");
_Static_assert(offsetof(phx_span, session_id) == 136, "");
_Static_assert(offsetof(phx_span, name) == 152, "");
_Static_assert(offsetof(phx_span, kind) == 168, "");
_Static_assert(offsetof(phx_span, status_message) == 184, "");
_Static_assert(offsetof(phx_span, trace_state) == 200, "");
_Static_assert(offsetof(phx_span, attributes) == 216, "");
_Static_assert(offsetof(phx_span, events) == 232, "");
_Static_assert(offsetof(phx_span, kind_attribute) == 248, "");
_Static_assert(offsetof(phx_span, cumulative_prompt_tokens) == 264, "");
_Static_assert(offsetof(phx_span, cumulative_completion_tokens) == 272, "");
_Static_assert(offsetof(phx_span, cumulative_cost) == 280, "");
_Static_assert(offsetof(phx_span, match) == 288, "");
_Static_assert(offsetof(phx_span, links) == 296, "");

_Static_assert(sizeof(phx_store_options) == 32, "");
_Static_assert(offsetof(phx_store_options, size) == 0, "");
_Static_assert(offsetof(phx_store_options, flags) == 8, "");
_Static_assert(offsetof(phx_store_options, busy_timeout) == 12, "");
_Static_assert(offsetof(phx_store_options, sqlite_vfs) == 16, "");
_Static_assert(offsetof(phx_store_options, retention_days) == 24, "");

_Static_assert(sizeof(phx_ingest_report) == 24, "");
_Static_assert(offsetof(phx_ingest_report, accepted) == 0, "");
_Static_assert(offsetof(phx_ingest_report, duplicate) == 8, "");
_Static_assert(offsetof(phx_ingest_report, rejected) == 16, "");

_Static_assert(sizeof(phx_store_stats) == 80, "");
_Static_assert(offsetof(phx_store_stats, spans) == 0, "");
_Static_assert(offsetof(phx_store_stats, traces) == 8, "");
_Static_assert(offsetof(phx_store_stats, sessions) == 16, "");
_Static_assert(offsetof(phx_store_stats, projects) == 24, "");
_Static_assert(offsetof(phx_store_stats, blocks) == 32, "");
_Static_assert(offsetof(phx_store_stats, young_blocks) == 40, "");
_Static_assert(offsetof(phx_store_stats, bytes) == 48, "");
_Static_assert(offsetof(phx_store_stats, free_bytes) == 56, "");
_Static_assert(offsetof(phx_store_stats, deleted) == 64, "");
_Static_assert(offsetof(phx_store_stats, log_bytes) == 72, "");

_Static_assert(sizeof(phx_tracer_options) == 48, "");
_Static_assert(offsetof(phx_tracer_options, size) == 0, "");
_Static_assert(offsetof(phx_tracer_options, project) == 8, "");
_Static_assert(offsetof(phx_tracer_options, service) == 16, "");
_Static_assert(offsetof(phx_tracer_options, scope) == 24, "");
_Static_assert(offsetof(phx_tracer_options, scope_version) == 32, "");
_Static_assert(offsetof(phx_tracer_options, waiting) == 40, "");

_Static_assert(sizeof(phx_project) == 72, "");
_Static_assert(offsetof(phx_project, id) == 0, "");
_Static_assert(offsetof(phx_project, created_at) == 8, "");
_Static_assert(offsetof(phx_project, updated_at) == 16, "");
_Static_assert(offsetof(phx_project, name) == 24, "");
_Static_assert(offsetof(phx_project, description) == 40, "");
_Static_assert(offsetof(phx_project, policy) == 56, "");
_Static_assert(offsetof(phx_project, experiment) == 64, "");

_Static_assert(sizeof(phx_trace) == 88, "");
_Static_assert(offsetof(phx_trace, id) == 0, "");
_Static_assert(offsetof(phx_trace, project) == 8, "");
_Static_assert(offsetof(phx_trace, session) == 16, "");
_Static_assert(offsetof(phx_trace, start_time) == 24, "");
_Static_assert(offsetof(phx_trace, end_time) == 32, "");
_Static_assert(offsetof(phx_trace, spans) == 40, "");
_Static_assert(offsetof(phx_trace, errors) == 48, "");
_Static_assert(offsetof(phx_trace, prompt_tokens) == 56, "");
_Static_assert(offsetof(phx_trace, completion_tokens) == 64, "");
_Static_assert(offsetof(phx_trace, trace_id) == 72, "");

_Static_assert(sizeof(phx_session) == 56, "");
_Static_assert(offsetof(phx_session, id) == 0, "");
_Static_assert(offsetof(phx_session, project) == 8, "");
_Static_assert(offsetof(phx_session, start_time) == 16, "");
_Static_assert(offsetof(phx_session, end_time) == 24, "");
_Static_assert(offsetof(phx_session, traces) == 32, "");
_Static_assert(offsetof(phx_session, session_id) == 40, "");

_Static_assert(sizeof(phx_annotation_item) == 144, "");
_Static_assert(offsetof(phx_annotation_item, target) == 0, "");
_Static_assert(offsetof(phx_annotation_item, target_id) == 8, "");
_Static_assert(offsetof(phx_annotation_item, name) == 24, "");
_Static_assert(offsetof(phx_annotation_item, identifier) == 40, "");
_Static_assert(offsetof(phx_annotation_item, label) == 56, "");
_Static_assert(offsetof(phx_annotation_item, explanation) == 72, "");
_Static_assert(offsetof(phx_annotation_item, metadata) == 88, "");
_Static_assert(offsetof(phx_annotation_item, author) == 104, "");
_Static_assert(offsetof(phx_annotation_item, score) == 112, "");
_Static_assert(offsetof(phx_annotation_item, has_score) == 120, "");
_Static_assert(offsetof(phx_annotation_item, kind) == 124, "");
_Static_assert(offsetof(phx_annotation_item, position) == 128, "");
_Static_assert(offsetof(phx_annotation_item, annotator) == 132, "");
_Static_assert(offsetof(phx_annotation_item, source) == 136, "");
_Static_assert(offsetof(phx_annotation_item, flags) == 140, "");

_Static_assert(sizeof(phx_annotate_report) == 24, "");
_Static_assert(offsetof(phx_annotate_report, written) == 0, "");
_Static_assert(offsetof(phx_annotate_report, waiting) == 8, "");
_Static_assert(offsetof(phx_annotate_report, dropped) == 16, "");

_Static_assert(sizeof(phx_annotation) == 184, "");
_Static_assert(offsetof(phx_annotation, id) == 0, "");
_Static_assert(offsetof(phx_annotation, target) == 8, "");
_Static_assert(offsetof(phx_annotation, trace) == 16, "");
_Static_assert(offsetof(phx_annotation, project) == 24, "");
_Static_assert(offsetof(phx_annotation, author) == 32, "");
_Static_assert(offsetof(phx_annotation, created_at) == 40, "");
_Static_assert(offsetof(phx_annotation, updated_at) == 48, "");
_Static_assert(offsetof(phx_annotation, score) == 56, "");
_Static_assert(offsetof(phx_annotation, has_score) == 64, "");
_Static_assert(offsetof(phx_annotation, kind) == 68, "");
_Static_assert(offsetof(phx_annotation, position) == 72, "");
_Static_assert(offsetof(phx_annotation, annotator) == 76, "");
_Static_assert(offsetof(phx_annotation, source) == 80, "");
_Static_assert(offsetof(phx_annotation, target_id) == 88, "");
_Static_assert(offsetof(phx_annotation, name) == 104, "");
_Static_assert(offsetof(phx_annotation, identifier) == 120, "");
_Static_assert(offsetof(phx_annotation, label) == 136, "");
_Static_assert(offsetof(phx_annotation, explanation) == 152, "");
_Static_assert(offsetof(phx_annotation, metadata) == 168, "");

_Static_assert(sizeof(phx_annotation_query) == 144, "");
_Static_assert(offsetof(phx_annotation_query, size) == 0, "");
_Static_assert(offsetof(phx_annotation_query, project) == 8, "");
_Static_assert(offsetof(phx_annotation_query, only) == 16, "");
_Static_assert(offsetof(phx_annotation_query, from) == 24, "");
_Static_assert(offsetof(phx_annotation_query, start_time) == 32, "");
_Static_assert(offsetof(phx_annotation_query, end_time) == 40, "");
_Static_assert(offsetof(phx_annotation_query, limit) == 48, "");
_Static_assert(offsetof(phx_annotation_query, kind) == 56, "");
_Static_assert(offsetof(phx_annotation_query, annotators) == 60, "");
_Static_assert(offsetof(phx_annotation_query, targets) == 64, "");
_Static_assert(offsetof(phx_annotation_query, target_count) == 72, "");
_Static_assert(offsetof(phx_annotation_query, target_ids) == 80, "");
_Static_assert(offsetof(phx_annotation_query, target_id_count) == 88, "");
_Static_assert(offsetof(phx_annotation_query, identifiers) == 96, "");
_Static_assert(offsetof(phx_annotation_query, identifier_count) == 104, "");
_Static_assert(offsetof(phx_annotation_query, names) == 112, "");
_Static_assert(offsetof(phx_annotation_query, name_count) == 120, "");
_Static_assert(offsetof(phx_annotation_query, not_names) == 128, "");
_Static_assert(offsetof(phx_annotation_query, not_name_count) == 136, "");

_Static_assert(sizeof(phx_annotation_config) == 96, "");
_Static_assert(offsetof(phx_annotation_config, id) == 0, "");
_Static_assert(offsetof(phx_annotation_config, lower_bound) == 8, "");
_Static_assert(offsetof(phx_annotation_config, upper_bound) == 16, "");
_Static_assert(offsetof(phx_annotation_config, threshold) == 24, "");
_Static_assert(offsetof(phx_annotation_config, type) == 32, "");
_Static_assert(offsetof(phx_annotation_config, direction) == 36, "");
_Static_assert(offsetof(phx_annotation_config, bounds) == 40, "");
_Static_assert(offsetof(phx_annotation_config, name) == 48, "");
_Static_assert(offsetof(phx_annotation_config, description) == 64, "");
_Static_assert(offsetof(phx_annotation_config, choices) == 80, "");

_Static_assert(sizeof(phx_config_query) == 56, "");
_Static_assert(offsetof(phx_config_query, size) == 0, "");
_Static_assert(offsetof(phx_config_query, project) == 8, "");
_Static_assert(offsetof(phx_config_query, only) == 16, "");
_Static_assert(offsetof(phx_config_query, from) == 24, "");
_Static_assert(offsetof(phx_config_query, limit) == 32, "");
_Static_assert(offsetof(phx_config_query, name) == 40, "");

_Static_assert(sizeof(phx_example_item) == 104, "");
_Static_assert(offsetof(phx_example_item, input) == 0, "");
_Static_assert(offsetof(phx_example_item, output) == 16, "");
_Static_assert(offsetof(phx_example_item, metadata) == 32, "");
_Static_assert(offsetof(phx_example_item, external_id) == 48, "");
_Static_assert(offsetof(phx_example_item, example) == 64, "");
_Static_assert(offsetof(phx_example_item, span_id) == 72, "");
_Static_assert(offsetof(phx_example_item, splits) == 88, "");

_Static_assert(sizeof(phx_dataset_change) == 40, "");
_Static_assert(offsetof(phx_dataset_change, dataset) == 0, "");
_Static_assert(offsetof(phx_dataset_change, version) == 8, "");
_Static_assert(offsetof(phx_dataset_change, created) == 16, "");
_Static_assert(offsetof(phx_dataset_change, updated) == 24, "");
_Static_assert(offsetof(phx_dataset_change, deleted) == 32, "");

_Static_assert(sizeof(phx_dataset) == 104, "");
_Static_assert(offsetof(phx_dataset, id) == 0, "");
_Static_assert(offsetof(phx_dataset, created_at) == 8, "");
_Static_assert(offsetof(phx_dataset, updated_at) == 16, "");
_Static_assert(offsetof(phx_dataset, first_version) == 24, "");
_Static_assert(offsetof(phx_dataset, version) == 32, "");
_Static_assert(offsetof(phx_dataset, versions) == 40, "");
_Static_assert(offsetof(phx_dataset, examples) == 48, "");
_Static_assert(offsetof(phx_dataset, name) == 56, "");
_Static_assert(offsetof(phx_dataset, description) == 72, "");
_Static_assert(offsetof(phx_dataset, metadata) == 88, "");

_Static_assert(sizeof(phx_dataset_version) == 48, "");
_Static_assert(offsetof(phx_dataset_version, id) == 0, "");
_Static_assert(offsetof(phx_dataset_version, dataset) == 8, "");
_Static_assert(offsetof(phx_dataset_version, created_at) == 16, "");
_Static_assert(offsetof(phx_dataset_version, examples) == 24, "");
_Static_assert(offsetof(phx_dataset_version, hash) == 32, "");

_Static_assert(sizeof(phx_example) == 160, "");
_Static_assert(offsetof(phx_example, id) == 0, "");
_Static_assert(offsetof(phx_example, version) == 8, "");
_Static_assert(offsetof(phx_example, updated_at) == 16, "");
_Static_assert(offsetof(phx_example, external_id) == 24, "");
_Static_assert(offsetof(phx_example, input) == 40, "");
_Static_assert(offsetof(phx_example, output) == 56, "");
_Static_assert(offsetof(phx_example, metadata) == 72, "");
_Static_assert(offsetof(phx_example, hash) == 88, "");
_Static_assert(offsetof(phx_example, strict_hash) == 104, "");
_Static_assert(offsetof(phx_example, span) == 120, "");
_Static_assert(offsetof(phx_example, span_id) == 128, "");
_Static_assert(offsetof(phx_example, splits) == 144, "");

_Static_assert(sizeof(phx_split) == 96, "");
_Static_assert(offsetof(phx_split, id) == 0, "");
_Static_assert(offsetof(phx_split, created_at) == 8, "");
_Static_assert(offsetof(phx_split, updated_at) == 16, "");
_Static_assert(offsetof(phx_split, examples) == 24, "");
_Static_assert(offsetof(phx_split, name) == 32, "");
_Static_assert(offsetof(phx_split, description) == 48, "");
_Static_assert(offsetof(phx_split, color) == 64, "");
_Static_assert(offsetof(phx_split, metadata) == 80, "");

_Static_assert(sizeof(phx_dataset_label) == 56, "");
_Static_assert(offsetof(phx_dataset_label, id) == 0, "");
_Static_assert(offsetof(phx_dataset_label, name) == 8, "");
_Static_assert(offsetof(phx_dataset_label, description) == 24, "");
_Static_assert(offsetof(phx_dataset_label, color) == 40, "");

_Static_assert(sizeof(phx_prompt) == 96, "");
_Static_assert(offsetof(phx_prompt, id) == 0, "");
_Static_assert(offsetof(phx_prompt, created_at) == 8, "");
_Static_assert(offsetof(phx_prompt, updated_at) == 16, "");
_Static_assert(offsetof(phx_prompt, source) == 24, "");
_Static_assert(offsetof(phx_prompt, version) == 32, "");
_Static_assert(offsetof(phx_prompt, versions) == 40, "");
_Static_assert(offsetof(phx_prompt, name) == 48, "");
_Static_assert(offsetof(phx_prompt, description) == 64, "");
_Static_assert(offsetof(phx_prompt, metadata) == 80, "");

_Static_assert(sizeof(phx_prompt_version) == 40, "");
_Static_assert(offsetof(phx_prompt_version, id) == 0, "");
_Static_assert(offsetof(phx_prompt_version, prompt) == 8, "");
_Static_assert(offsetof(phx_prompt_version, created_at) == 16, "");
_Static_assert(offsetof(phx_prompt_version, body) == 24, "");

_Static_assert(sizeof(phx_prompt_tag) == 64, "");
_Static_assert(offsetof(phx_prompt_tag, id) == 0, "");
_Static_assert(offsetof(phx_prompt_tag, prompt) == 8, "");
_Static_assert(offsetof(phx_prompt_tag, version) == 16, "");
_Static_assert(offsetof(phx_prompt_tag, updated_at) == 24, "");
_Static_assert(offsetof(phx_prompt_tag, name) == 32, "");
_Static_assert(offsetof(phx_prompt_tag, description) == 48, "");

_Static_assert(sizeof(phx_experiment_item) == 144, "");
_Static_assert(offsetof(phx_experiment_item, size) == 0, "");
_Static_assert(offsetof(phx_experiment_item, dataset) == 8, "");
_Static_assert(offsetof(phx_experiment_item, version) == 16, "");
_Static_assert(offsetof(phx_experiment_item, repetitions) == 24, "");
_Static_assert(offsetof(phx_experiment_item, name) == 32, "");
_Static_assert(offsetof(phx_experiment_item, description) == 48, "");
_Static_assert(offsetof(phx_experiment_item, metadata) == 64, "");
_Static_assert(offsetof(phx_experiment_item, parameters) == 80, "");
_Static_assert(offsetof(phx_experiment_item, evaluators) == 96, "");
_Static_assert(offsetof(phx_experiment_item, examples) == 112, "");
_Static_assert(offsetof(phx_experiment_item, example_count) == 120, "");
_Static_assert(offsetof(phx_experiment_item, splits) == 128, "");
_Static_assert(offsetof(phx_experiment_item, split_count) == 136, "");

_Static_assert(sizeof(phx_run_item) == 80, "");
_Static_assert(offsetof(phx_run_item, example) == 0, "");
_Static_assert(offsetof(phx_run_item, repetition) == 8, "");
_Static_assert(offsetof(phx_run_item, start_time) == 16, "");
_Static_assert(offsetof(phx_run_item, end_time) == 24, "");
_Static_assert(offsetof(phx_run_item, output) == 32, "");
_Static_assert(offsetof(phx_run_item, error) == 48, "");
_Static_assert(offsetof(phx_run_item, trace_id) == 64, "");

_Static_assert(sizeof(phx_evaluation_item) == 136, "");
_Static_assert(offsetof(phx_evaluation_item, run) == 0, "");
_Static_assert(offsetof(phx_evaluation_item, start_time) == 8, "");
_Static_assert(offsetof(phx_evaluation_item, end_time) == 16, "");
_Static_assert(offsetof(phx_evaluation_item, score) == 24, "");
_Static_assert(offsetof(phx_evaluation_item, has_score) == 32, "");
_Static_assert(offsetof(phx_evaluation_item, annotator) == 36, "");
_Static_assert(offsetof(phx_evaluation_item, name) == 40, "");
_Static_assert(offsetof(phx_evaluation_item, label) == 56, "");
_Static_assert(offsetof(phx_evaluation_item, explanation) == 72, "");
_Static_assert(offsetof(phx_evaluation_item, error) == 88, "");
_Static_assert(offsetof(phx_evaluation_item, trace_id) == 104, "");
_Static_assert(offsetof(phx_evaluation_item, metadata) == 120, "");

_Static_assert(sizeof(phx_experiment) == 168, "");
_Static_assert(offsetof(phx_experiment, id) == 0, "");
_Static_assert(offsetof(phx_experiment, dataset) == 8, "");
_Static_assert(offsetof(phx_experiment, version) == 16, "");
_Static_assert(offsetof(phx_experiment, repetitions) == 24, "");
_Static_assert(offsetof(phx_experiment, examples) == 32, "");
_Static_assert(offsetof(phx_experiment, runs) == 40, "");
_Static_assert(offsetof(phx_experiment, failed) == 48, "");
_Static_assert(offsetof(phx_experiment, created_at) == 56, "");
_Static_assert(offsetof(phx_experiment, updated_at) == 64, "");
_Static_assert(offsetof(phx_experiment, name) == 72, "");
_Static_assert(offsetof(phx_experiment, description) == 88, "");
_Static_assert(offsetof(phx_experiment, project) == 104, "");
_Static_assert(offsetof(phx_experiment, metadata) == 120, "");
_Static_assert(offsetof(phx_experiment, parameters) == 136, "");
_Static_assert(offsetof(phx_experiment, evaluators) == 152, "");

_Static_assert(sizeof(phx_experiment_query) == 40, "");
_Static_assert(offsetof(phx_experiment_query, size) == 0, "");
_Static_assert(offsetof(phx_experiment_query, dataset) == 8, "");
_Static_assert(offsetof(phx_experiment_query, only) == 16, "");
_Static_assert(offsetof(phx_experiment_query, from) == 24, "");
_Static_assert(offsetof(phx_experiment_query, limit) == 32, "");

_Static_assert(sizeof(phx_evaluation) == 144, "");
_Static_assert(offsetof(phx_evaluation, id) == 0, "");
_Static_assert(offsetof(phx_evaluation, run) == 8, "");
_Static_assert(offsetof(phx_evaluation, start_time) == 16, "");
_Static_assert(offsetof(phx_evaluation, end_time) == 24, "");
_Static_assert(offsetof(phx_evaluation, score) == 32, "");
_Static_assert(offsetof(phx_evaluation, has_score) == 40, "");
_Static_assert(offsetof(phx_evaluation, annotator) == 44, "");
_Static_assert(offsetof(phx_evaluation, name) == 48, "");
_Static_assert(offsetof(phx_evaluation, label) == 64, "");
_Static_assert(offsetof(phx_evaluation, explanation) == 80, "");
_Static_assert(offsetof(phx_evaluation, error) == 96, "");
_Static_assert(offsetof(phx_evaluation, trace_id) == 112, "");
_Static_assert(offsetof(phx_evaluation, metadata) == 128, "");

_Static_assert(sizeof(phx_run) == 136, "");
_Static_assert(offsetof(phx_run, id) == 0, "");
_Static_assert(offsetof(phx_run, experiment) == 8, "");
_Static_assert(offsetof(phx_run, example) == 16, "");
_Static_assert(offsetof(phx_run, repetition) == 24, "");
_Static_assert(offsetof(phx_run, start_time) == 32, "");
_Static_assert(offsetof(phx_run, end_time) == 40, "");
_Static_assert(offsetof(phx_run, output) == 48, "");
_Static_assert(offsetof(phx_run, error) == 64, "");
_Static_assert(offsetof(phx_run, trace_id) == 80, "");
_Static_assert(offsetof(phx_run, content) == 96, "");
_Static_assert(offsetof(phx_run, evaluations) == 104, "");
_Static_assert(offsetof(phx_run, evaluation_count) == 112, "");
_Static_assert(offsetof(phx_run, missing) == 120, "");
_Static_assert(offsetof(phx_run, missing_count) == 128, "");

_Static_assert(sizeof(phx_run_query) == 56, "");
_Static_assert(offsetof(phx_run_query, size) == 0, "");
_Static_assert(offsetof(phx_run_query, experiment) == 8, "");
_Static_assert(offsetof(phx_run_query, from) == 16, "");
_Static_assert(offsetof(phx_run_query, limit) == 24, "");
_Static_assert(offsetof(phx_run_query, order) == 32, "");
_Static_assert(offsetof(phx_run_query, flags) == 36, "");
_Static_assert(offsetof(phx_run_query, evaluators) == 40, "");
_Static_assert(offsetof(phx_run_query, evaluator_count) == 48, "");

_Static_assert(sizeof(phx_incomplete_run) == 24, "");
_Static_assert(offsetof(phx_incomplete_run, content) == 0, "");
_Static_assert(offsetof(phx_incomplete_run, repetitions) == 8, "");
_Static_assert(offsetof(phx_incomplete_run, repetition_count) == 16, "");

_Static_assert(sizeof(phx_experiment_tag) == 56, "");
_Static_assert(offsetof(phx_experiment_tag, id) == 0, "");
_Static_assert(offsetof(phx_experiment_tag, dataset) == 8, "");
_Static_assert(offsetof(phx_experiment_tag, experiment) == 16, "");
_Static_assert(offsetof(phx_experiment_tag, name) == 24, "");
_Static_assert(offsetof(phx_experiment_tag, description) == 40, "");

_Static_assert(sizeof(phx_retention_rule) == 24, "");
_Static_assert(offsetof(phx_retention_rule, limits) == 0, "");
_Static_assert(offsetof(phx_retention_rule, max_days) == 8, "");
_Static_assert(offsetof(phx_retention_rule, max_count) == 16, "");

_Static_assert(sizeof(phx_retention_policy) == 72, "");
_Static_assert(offsetof(phx_retention_policy, id) == 0, "");
_Static_assert(offsetof(phx_retention_policy, projects) == 8, "");
_Static_assert(offsetof(phx_retention_policy, name) == 16, "");
_Static_assert(offsetof(phx_retention_policy, cron) == 32, "");
_Static_assert(offsetof(phx_retention_policy, rule) == 48, "");

_Static_assert(sizeof(phx_attribute_test) == 24, "");
_Static_assert(offsetof(phx_attribute_test, path) == 0, "");
_Static_assert(offsetof(phx_attribute_test, json) == 8, "");

_Static_assert(sizeof(phx_span_query) == 208, "");
_Static_assert(offsetof(phx_span_query, size) == 0, "");
_Static_assert(offsetof(phx_span_query, project) == 8, "");
_Static_assert(offsetof(phx_span_query, from) == 16, "");
_Static_assert(offsetof(phx_span_query, start_time) == 24, "");
_Static_assert(offsetof(phx_span_query, end_time) == 32, "");
_Static_assert(offsetof(phx_span_query, limit) == 40, "");
_Static_assert(offsetof(phx_span_query, order) == 48, "");
_Static_assert(offsetof(phx_span_query, attributes) == 52, "");
_Static_assert(offsetof(phx_span_query, kinds) == 56, "");
_Static_assert(offsetof(phx_span_query, statuses) == 60, "");
_Static_assert(offsetof(phx_span_query, roots_only) == 64, "");
_Static_assert(offsetof(phx_span_query, flags) == 68, "");
_Static_assert(offsetof(phx_span_query, trace_ids) == 72, "");
_Static_assert(offsetof(phx_span_query, trace_id_count) == 80, "");
_Static_assert(offsetof(phx_span_query, span_ids) == 88, "");
_Static_assert(offsetof(phx_span_query, span_id_count) == 96, "");
_Static_assert(offsetof(phx_span_query, parent_ids) == 104, "");
_Static_assert(offsetof(phx_span_query, parent_id_count) == 112, "");
_Static_assert(offsetof(phx_span_query, names) == 120, "");
_Static_assert(offsetof(phx_span_query, name_count) == 128, "");
_Static_assert(offsetof(phx_span_query, tests) == 136, "");
_Static_assert(offsetof(phx_span_query, test_count) == 144, "");
_Static_assert(offsetof(phx_span_query, filter) == 152, "");
_Static_assert(offsetof(phx_span_query, search) == 168, "");
_Static_assert(offsetof(phx_span_query, until) == 184, "");
_Static_assert(offsetof(phx_span_query, stop) == 192, "");
_Static_assert(offsetof(phx_span_query, stop_ctx) == 200, "");

_Static_assert(sizeof(phx_trace_query) == 152, "");
_Static_assert(offsetof(phx_trace_query, size) == 0, "");
_Static_assert(offsetof(phx_trace_query, project) == 8, "");
_Static_assert(offsetof(phx_trace_query, trace) == 16, "");
_Static_assert(offsetof(phx_trace_query, from) == 24, "");
_Static_assert(offsetof(phx_trace_query, start_time) == 32, "");
_Static_assert(offsetof(phx_trace_query, end_time) == 40, "");
_Static_assert(offsetof(phx_trace_query, limit) == 48, "");
_Static_assert(offsetof(phx_trace_query, order) == 56, "");
_Static_assert(offsetof(phx_trace_query, sort) == 60, "");
_Static_assert(offsetof(phx_trace_query, sessions) == 64, "");
_Static_assert(offsetof(phx_trace_query, session_count) == 72, "");
_Static_assert(offsetof(phx_trace_query, place) == 80, "");
_Static_assert(offsetof(phx_trace_query, place_start) == 88, "");
_Static_assert(offsetof(phx_trace_query, place_end) == 96, "");
_Static_assert(offsetof(phx_trace_query, filter) == 104, "");
_Static_assert(offsetof(phx_trace_query, search) == 120, "");
_Static_assert(offsetof(phx_trace_query, stop) == 136, "");
_Static_assert(offsetof(phx_trace_query, stop_ctx) == 144, "");

_Static_assert(sizeof(phx_session_query) == 80, "");
_Static_assert(offsetof(phx_session_query, size) == 0, "");
_Static_assert(offsetof(phx_session_query, project) == 8, "");
_Static_assert(offsetof(phx_session_query, session) == 16, "");
_Static_assert(offsetof(phx_session_query, from) == 24, "");
_Static_assert(offsetof(phx_session_query, limit) == 32, "");
_Static_assert(offsetof(phx_session_query, order) == 40, "");
_Static_assert(offsetof(phx_session_query, flags) == 44, "");
_Static_assert(offsetof(phx_session_query, filter) == 48, "");
_Static_assert(offsetof(phx_session_query, stop) == 64, "");
_Static_assert(offsetof(phx_session_query, stop_ctx) == 72, "");

_Static_assert(sizeof(phx_example_change) == 16, "");
_Static_assert(offsetof(phx_example_change, before) == 0, "");
_Static_assert(offsetof(phx_example_change, after) == 8, "");

_Static_assert(sizeof(phx_prompt_version_query) == 56, "");
_Static_assert(offsetof(phx_prompt_version_query, size) == 0, "");
_Static_assert(offsetof(phx_prompt_version_query, prompt) == 8, "");
_Static_assert(offsetof(phx_prompt_version_query, only) == 16, "");
_Static_assert(offsetof(phx_prompt_version_query, from) == 24, "");
_Static_assert(offsetof(phx_prompt_version_query, limit) == 32, "");
_Static_assert(offsetof(phx_prompt_version_query, tag) == 40, "");

_Static_assert(sizeof(phx_budget) == 48, "");
_Static_assert(offsetof(phx_budget, size) == 0, "");
_Static_assert(offsetof(phx_budget, spans) == 8, "");
_Static_assert(offsetof(phx_budget, llm_calls) == 16, "");
_Static_assert(offsetof(phx_budget, tokens) == 24, "");
_Static_assert(offsetof(phx_budget, cost) == 32, "");
_Static_assert(offsetof(phx_budget, latency) == 40, "");

_Static_assert(sizeof(phx_golden_options) == 24, "");
_Static_assert(offsetof(phx_golden_options, size) == 0, "");
_Static_assert(offsetof(phx_golden_options, masked) == 8, "");
_Static_assert(offsetof(phx_golden_options, masked_count) == 16, "");

_Static_assert(sizeof(phx_lint_rule) == 24, "");
_Static_assert(offsetof(phx_lint_rule, id) == 0, "");
_Static_assert(offsetof(phx_lint_rule, severity) == 8, "");
_Static_assert(offsetof(phx_lint_rule, reason) == 16, "");

_Static_assert(sizeof(phx_finding) == 96, "");
_Static_assert(offsetof(phx_finding, rule) == 0, "");
_Static_assert(offsetof(phx_finding, span) == 8, "");
_Static_assert(offsetof(phx_finding, trace_id) == 16, "");
_Static_assert(offsetof(phx_finding, span_id) == 32, "");
_Static_assert(offsetof(phx_finding, name) == 48, "");
_Static_assert(offsetof(phx_finding, path) == 64, "");
_Static_assert(offsetof(phx_finding, message) == 80, "");

_Static_assert(sizeof(phx_cost) == 40, "");
_Static_assert(offsetof(phx_cost, token_type) == 0, "");
_Static_assert(offsetof(phx_cost, is_prompt) == 16, "");
_Static_assert(offsetof(phx_cost, tokens) == 24, "");
_Static_assert(offsetof(phx_cost, cost) == 32, "");

_Static_assert(sizeof(phx_exception) == 24, "");
_Static_assert(offsetof(phx_exception, type) == 0, "");
_Static_assert(offsetof(phx_exception, spans) == 16, "");

_Static_assert(sizeof(phx_rollup_query) == 88, "");
_Static_assert(offsetof(phx_rollup_query, size) == 0, "");
_Static_assert(offsetof(phx_rollup_query, of) == 8, "");
_Static_assert(offsetof(phx_rollup_query, bin) == 12, "");
_Static_assert(offsetof(phx_rollup_query, utc_offset) == 16, "");
_Static_assert(offsetof(phx_rollup_query, kinds) == 20, "");
_Static_assert(offsetof(phx_rollup_query, project) == 24, "");
_Static_assert(offsetof(phx_rollup_query, session) == 32, "");
_Static_assert(offsetof(phx_rollup_query, trace) == 40, "");
_Static_assert(offsetof(phx_rollup_query, start_time) == 48, "");
_Static_assert(offsetof(phx_rollup_query, end_time) == 56, "");
_Static_assert(offsetof(phx_rollup_query, quantiles) == 64, "");
_Static_assert(offsetof(phx_rollup_query, quantile_count) == 72, "");
_Static_assert(offsetof(phx_rollup_query, costs) == 80, "");
_Static_assert(offsetof(phx_rollup_query, flags) == 84, "");

_Static_assert(sizeof(phx_rollup) == 184, "");
_Static_assert(offsetof(phx_rollup, start_time) == 0, "");
_Static_assert(offsetof(phx_rollup, end_time) == 8, "");
_Static_assert(offsetof(phx_rollup, spans) == 16, "");
_Static_assert(offsetof(phx_rollup, traces) == 24, "");
_Static_assert(offsetof(phx_rollup, error_spans) == 32, "");
_Static_assert(offsetof(phx_rollup, error_traces) == 40, "");
_Static_assert(offsetof(phx_rollup, prompt_tokens) == 48, "");
_Static_assert(offsetof(phx_rollup, completion_tokens) == 56, "");
_Static_assert(offsetof(phx_rollup, max_latency) == 64, "");
_Static_assert(offsetof(phx_rollup, statuses) == 72, "");
_Static_assert(offsetof(phx_rollup, kinds) == 80, "");
_Static_assert(offsetof(phx_rollup, latencies) == 88, "");
_Static_assert(offsetof(phx_rollup, prompt_cost) == 96, "");
_Static_assert(offsetof(phx_rollup, completion_cost) == 104, "");
_Static_assert(offsetof(phx_rollup, total_cost) == 112, "");
_Static_assert(offsetof(phx_rollup, costs) == 120, "");
_Static_assert(offsetof(phx_rollup, cost_count) == 128, "");
_Static_assert(offsetof(phx_rollup, first_input) == 136, "");
_Static_assert(offsetof(phx_rollup, last_output) == 152, "");
_Static_assert(offsetof(phx_rollup, exceptions) == 168, "");
_Static_assert(offsetof(phx_rollup, exception_count) == 176, "");

_Static_assert(sizeof(phx_word) == 72, "");
_Static_assert(offsetof(phx_word, kind) == 0, "");
_Static_assert(offsetof(phx_word, type) == 4, "");
_Static_assert(offsetof(phx_word, text) == 8, "");
_Static_assert(offsetof(phx_word, name) == 24, "");
_Static_assert(offsetof(phx_word, of) == 40, "");
_Static_assert(offsetof(phx_word, element) == 56, "");

_Static_assert(sizeof(phx_log) == 72, "");
_Static_assert(offsetof(phx_log, id) == 0, "");
_Static_assert(offsetof(phx_log, received_at) == 8, "");
_Static_assert(offsetof(phx_log, trace_id) == 16, "");
_Static_assert(offsetof(phx_log, span_id) == 32, "");
_Static_assert(offsetof(phx_log, event) == 48, "");
_Static_assert(offsetof(phx_log, held) == 64, "");

_Static_assert(sizeof(phx_frame_query) == 64, "");
_Static_assert(offsetof(phx_frame_query, size) == 0, "");
_Static_assert(offsetof(phx_frame_query, project) == 8, "");
_Static_assert(offsetof(phx_frame_query, start_time) == 16, "");
_Static_assert(offsetof(phx_frame_query, end_time) == 24, "");
_Static_assert(offsetof(phx_frame_query, limit) == 32, "");
_Static_assert(offsetof(phx_frame_query, roots) == 40, "");
_Static_assert(offsetof(phx_frame_query, format) == 44, "");
_Static_assert(offsetof(phx_frame_query, json) == 48, "");

_Static_assert(sizeof(struct ArrowSchema) == 72, "");
_Static_assert(offsetof(struct ArrowSchema, format) == 0, "");
_Static_assert(offsetof(struct ArrowSchema, name) == 8, "");
_Static_assert(offsetof(struct ArrowSchema, metadata) == 16, "");
_Static_assert(offsetof(struct ArrowSchema, flags) == 24, "");
_Static_assert(offsetof(struct ArrowSchema, n_children) == 32, "");
_Static_assert(offsetof(struct ArrowSchema, children) == 40, "");
_Static_assert(offsetof(struct ArrowSchema, dictionary) == 48, "");
_Static_assert(offsetof(struct ArrowSchema, release) == 56, "");
_Static_assert(offsetof(struct ArrowSchema, private_data) == 64, "");

_Static_assert(sizeof(struct ArrowArray) == 80, "");
_Static_assert(offsetof(struct ArrowArray, length) == 0, "");
_Static_assert(offsetof(struct ArrowArray, null_count) == 8, "");
_Static_assert(offsetof(struct ArrowArray, offset) == 16, "");
_Static_assert(offsetof(struct ArrowArray, n_buffers) == 24, "");
_Static_assert(offsetof(struct ArrowArray, n_children) == 32, "");
_Static_assert(offsetof(struct ArrowArray, buffers) == 40, "");
_Static_assert(offsetof(struct ArrowArray, children) == 48, "");
_Static_assert(offsetof(struct ArrowArray, dictionary) == 56, "");
_Static_assert(offsetof(struct ArrowArray, release) == 64, "");
_Static_assert(offsetof(struct ArrowArray, private_data) == 72, "");

_Static_assert(sizeof(struct ArrowArrayStream) == 40, "");
_Static_assert(offsetof(struct ArrowArrayStream, get_schema) == 0, "");
_Static_assert(offsetof(struct ArrowArrayStream, get_next) == 8, "");
_Static_assert(offsetof(struct ArrowArrayStream, get_last_error) == 16, "");
_Static_assert(offsetof(struct ArrowArrayStream, release) == 24, "");
_Static_assert(offsetof(struct ArrowArrayStream, private_data) == 32, "");

_Static_assert(sizeof(phx_attribute_column) == 16, "");
_Static_assert(offsetof(phx_attribute_column, path) == 0, "");
_Static_assert(offsetof(phx_attribute_column, type) == 8, "");
_Static_assert(offsetof(phx_attribute_column, flags) == 12, "");

_Static_assert(sizeof(phx_value) == 40, "");
_Static_assert(offsetof(phx_value, type) == 0, "");
_Static_assert(offsetof(phx_value, flags) == 4, "");
_Static_assert(offsetof(phx_value, integer) == 8, "");
_Static_assert(offsetof(phx_value, real) == 16, "");
_Static_assert(offsetof(phx_value, text) == 24, "");

_Static_assert(sizeof(phx_sql_options) == 40, "");
_Static_assert(offsetof(phx_sql_options, size) == 0, "");
_Static_assert(offsetof(phx_sql_options, memory) == 8, "");
_Static_assert(offsetof(phx_sql_options, timeout) == 16, "");
_Static_assert(offsetof(phx_sql_options, flags) == 20, "");
_Static_assert(offsetof(phx_sql_options, stop) == 24, "");
_Static_assert(offsetof(phx_sql_options, stop_ctx) == 32, "");

int32_t phx_version(void);
const char *phx_version_text(void);
int32_t phx_has_feature(const char *);
const char *phx_status_name(int32_t );
void phx_buf_free(phx_buf *);
int32_t phx_batch_decode(int32_t , const void *, size_t , const char *, phx_batch **, phx_error *);
size_t phx_batch_size(const phx_batch *);
int32_t phx_batch_format(const phx_batch *);
size_t phx_batch_memory(const phx_batch *);
size_t phx_batch_rejected(const phx_batch *, const char **);
const phx_span *phx_batch_span(phx_batch *, size_t );
void phx_batch_free(phx_batch *);
int32_t phx_otlp_answer(int32_t , uint64_t , const char *, phx_buf *, phx_error *);
int32_t phx_attributes_unflatten(const char *, size_t , phx_buf *, phx_error *);
int32_t phx_attributes_flatten(const char *, size_t , phx_buf *, phx_error *);
int32_t phx_store_open(const char *, const phx_store_options *, phx_store **, phx_error *);
void phx_store_close(phx_store *);
void phx_store_interrupt(phx_store *);
int32_t phx_store_ingest(phx_store *, const char *, int32_t , const void *, size_t , phx_ingest_report *, phx_error *);
int32_t phx_store_put(phx_store *, phx_batch **, size_t , phx_ingest_report *, phx_error *);
int32_t phx_store_compact(phx_store *, uint32_t , phx_error *);
int32_t phx_store_verify(phx_store *, phx_verify_fn , void *, phx_error *);
int32_t phx_store_backup(phx_store *, const char *, phx_error *);
int32_t phx_store_stat(phx_store *, phx_store_stats *, phx_error *);
int32_t phx_tracer_open(phx_store *, const phx_tracer_options *, phx_tracer **, phx_error *);
int32_t phx_tracer_flush(phx_tracer *, phx_error *);
void phx_tracer_close(phx_tracer *);
int32_t phx_span_start(phx_tracer *, const char *, const phx_live_span *, phx_live_span **, phx_error *);
int32_t phx_span_start_remote(phx_tracer *, const char *, const char *, const char *, phx_live_span **, phx_error *);
int32_t phx_span_set_start(phx_live_span *, uint64_t , phx_error *);
const char *phx_span_traceparent(const phx_live_span *);
const char *phx_span_tracestate(const phx_live_span *);
int32_t phx_span_set_text(phx_live_span *, const char *, const char *, size_t , phx_error *);
int32_t phx_span_set_int(phx_live_span *, const char *, int64_t , phx_error *);
int32_t phx_span_set_real(phx_live_span *, const char *, double , phx_error *);
int32_t phx_span_set_bool(phx_live_span *, const char *, int32_t , phx_error *);
int32_t phx_span_set_json(phx_live_span *, const char *, const char *, size_t , phx_error *);
int32_t phx_span_set_kind(phx_live_span *, const char *, phx_error *);
int32_t phx_span_set_status(phx_live_span *, int32_t , const char *, phx_error *);
int32_t phx_span_add_message(phx_live_span *, int32_t , const char *, const char *, size_t , phx_error *);
int32_t phx_span_add_event(phx_live_span *, const char *, const char *, size_t , phx_error *);
int32_t phx_span_add_link(phx_live_span *, const char *, const char *, size_t , phx_error *);
int32_t phx_span_record_exception(phx_live_span *, const char *, const char *, const char *, phx_error *);
int32_t phx_span_end(phx_live_span *, uint64_t , phx_error *);
void phx_span_discard(phx_live_span *);
int32_t phx_project_create(phx_store *, const char *, const char *, int64_t *, phx_error *);
int32_t phx_project_update(phx_store *, int64_t , const char *, phx_error *);
int32_t phx_store_find(phx_store *, int32_t , const char *, size_t , int64_t *, phx_error *);
int32_t phx_store_delete(phx_store *, int32_t , int64_t , phx_error *);
int32_t phx_store_transfer(phx_store *, const int64_t *, size_t , int64_t , int64_t *, phx_error *);
int32_t phx_store_annotate(phx_store *, const phx_annotation_item *, size_t , int64_t *, phx_error *);
int32_t phx_store_annotate_later(phx_store *, const phx_annotation_item *, size_t , phx_annotate_report *, phx_error *);
int32_t phx_store_annotate_waiting(phx_store *, uint64_t , phx_annotate_report *, phx_error *);
int32_t phx_config_create(phx_store *, const phx_annotation_config *, int64_t *, phx_error *);
int32_t phx_config_update(phx_store *, const phx_annotation_config *, phx_error *);
int32_t phx_config_delete(phx_store *, int64_t , phx_error *);
int32_t phx_project_set_configs(phx_store *, int64_t , const int64_t *, size_t , phx_error *);
int32_t phx_project_set_config(phx_store *, int64_t , int64_t , int32_t , phx_error *);
int32_t phx_dataset_put(phx_store *, const char *, int32_t , const char *, const phx_example_item *, size_t , phx_dataset_change *, phx_error *);
int32_t phx_dataset_revert(phx_store *, int64_t , int64_t , phx_dataset_change *, phx_error *);
int32_t phx_dataset_delete(phx_store *, int64_t , phx_error *);
int32_t phx_split_create(phx_store *, const phx_split *, int64_t , const int64_t *, size_t , int64_t *, phx_error *);
int32_t phx_split_update(phx_store *, const phx_split *, int64_t , const int64_t *, size_t , const int64_t *, size_t , phx_error *);
int32_t phx_split_delete(phx_store *, int64_t , phx_error *);
int32_t phx_label_create(phx_store *, const phx_dataset_label *, int64_t *, phx_error *);
int32_t phx_label_update(phx_store *, const phx_dataset_label *, phx_error *);
int32_t phx_label_delete(phx_store *, int64_t , phx_error *);
int32_t phx_dataset_set_labels(phx_store *, int64_t , const int64_t *, size_t , phx_error *);
int32_t phx_dataset_set_label(phx_store *, int64_t , int64_t , int32_t , phx_error *);
int32_t phx_prompt_check(const char *, size_t , phx_buf *, phx_buf *, phx_error *);
int32_t phx_prompt_put(phx_store *, const phx_prompt *, const char *, size_t , int64_t *, phx_error *);
int32_t phx_prompt_update(phx_store *, const phx_prompt *, int32_t , phx_error *);
int32_t phx_prompt_delete(phx_store *, int64_t , phx_error *);
int32_t phx_prompt_set_tag(phx_store *, int64_t , const char *, const char *, phx_error *);
int32_t phx_prompt_delete_tag(phx_store *, int64_t , const char *, phx_error *);
int32_t phx_prompt_render(int32_t , const char *, size_t , const char *, size_t , phx_buf *, phx_error *);
int32_t phx_prompt_variables(int32_t , const char *, size_t , phx_buf *, phx_error *);
int32_t phx_prompt_fill(const char *, size_t , const char *, size_t , phx_buf *, phx_error *);
int32_t phx_prompt_diff(const char *, size_t , const char *, size_t , phx_buf *, phx_error *);
int32_t phx_experiment_create(phx_store *, const phx_experiment_item *, int64_t *, phx_error *);
int32_t phx_experiment_update(phx_store *, int64_t , const char *, const char *, const char *, int32_t , phx_error *);
int32_t phx_experiment_delete(phx_store *, int64_t , int32_t , phx_error *);
int32_t phx_experiment_put_runs(phx_store *, int64_t , const phx_run_item *, size_t , int64_t *, phx_error *);
int32_t phx_store_put_evaluations(phx_store *, const phx_evaluation_item *, size_t , int64_t *, phx_error *);
int32_t phx_experiment_set_tag(phx_store *, int64_t , const char *, const char *, int64_t *, phx_error *);
int32_t phx_experiment_delete_tag(phx_store *, int64_t , const char *, phx_error *);
int32_t phx_store_retain(phx_store *, int64_t , const phx_retention_rule *, uint64_t , uint32_t , int64_t *, phx_error *);
int32_t phx_store_retain_due(phx_store *, uint64_t , uint32_t , int64_t *, phx_error *);
int32_t phx_store_shrink(phx_store *, int64_t , uint32_t , int64_t *, phx_error *);
int32_t phx_policy_create(phx_store *, const char *, const char *, const phx_retention_rule *, int64_t *, phx_error *);
int32_t phx_policy_update(phx_store *, int64_t , const char *, const char *, const phx_retention_rule *, phx_error *);
int32_t phx_policy_delete(phx_store *, int64_t , phx_error *);
int32_t phx_project_set_policy(phx_store *, int64_t , int64_t , phx_error *);
int32_t phx_search_check(const char *, size_t , phx_error *);
const char *phx_kind_name(int32_t );
int32_t phx_store_find_spans(phx_store *, const phx_span_query *, phx_cursor **, phx_error *);
int32_t phx_cursor_next_span(phx_cursor *, const phx_span **, phx_error *);
int32_t phx_cursor_next_otlp(phx_cursor *, int32_t , size_t , phx_buf *, phx_error *);
int32_t phx_store_find_traces(phx_store *, const phx_trace_query *, phx_cursor **, phx_error *);
int32_t phx_cursor_next_trace(phx_cursor *, const phx_trace **, phx_error *);
int32_t phx_store_find_sessions(phx_store *, const phx_session_query *, phx_cursor **, phx_error *);
int32_t phx_cursor_next_session(phx_cursor *, const phx_session **, phx_error *);
int32_t phx_store_find_projects(phx_store *, int64_t , int64_t , const char *, int64_t , phx_cursor **, phx_error *);
int32_t phx_cursor_next_project(phx_cursor *, const phx_project **, phx_error *);
int32_t phx_store_find_annotations(phx_store *, const phx_annotation_query *, phx_cursor **, phx_error *);
int32_t phx_cursor_next_annotation(phx_cursor *, const phx_annotation **, phx_error *);
int32_t phx_store_delete_annotations(phx_store *, const phx_annotation_query *, int64_t *, phx_error *);
int32_t phx_store_find_datasets(phx_store *, int64_t , int64_t , const char *, int64_t , phx_cursor **, phx_error *);
int32_t phx_cursor_next_dataset(phx_cursor *, const phx_dataset **, phx_error *);
int32_t phx_store_find_versions(phx_store *, int64_t , int64_t , int64_t , phx_cursor **, phx_error *);
int32_t phx_cursor_next_version(phx_cursor *, const phx_dataset_version **, phx_error *);
int32_t phx_store_find_examples(phx_store *, int64_t , int64_t , int64_t , int64_t , phx_cursor **, phx_error *);
int32_t phx_store_find_split_examples(phx_store *, int64_t , int64_t , const int64_t *, size_t , int32_t , int64_t , int64_t , phx_cursor **, phx_error *);
int32_t phx_cursor_next_example(phx_cursor *, const phx_example **, phx_error *);
int32_t phx_store_find_changes(phx_store *, int64_t , int64_t , int64_t , phx_cursor **, phx_error *);
int32_t phx_cursor_next_change(phx_cursor *, const phx_example_change **, phx_error *);
int32_t phx_store_find_splits(phx_store *, int64_t , const char *, int64_t , phx_cursor **, phx_error *);
int32_t phx_cursor_next_split(phx_cursor *, const phx_split **, phx_error *);
int32_t phx_store_find_labels(phx_store *, int64_t , int64_t , int64_t , int64_t , phx_cursor **, phx_error *);
int32_t phx_cursor_next_label(phx_cursor *, const phx_dataset_label **, phx_error *);
int32_t phx_store_find_prompts(phx_store *, int64_t , int64_t , const char *, int64_t , phx_cursor **, phx_error *);
int32_t phx_cursor_next_prompt(phx_cursor *, const phx_prompt **, phx_error *);
int32_t phx_store_find_prompt_versions(phx_store *, const phx_prompt_version_query *, phx_cursor **, phx_error *);
int32_t phx_cursor_next_prompt_version(phx_cursor *, const phx_prompt_version **, phx_error *);
int32_t phx_store_find_prompt_tags(phx_store *, int64_t , int64_t , int64_t , int64_t , phx_cursor **, phx_error *);
int32_t phx_cursor_next_prompt_tag(phx_cursor *, const phx_prompt_tag **, phx_error *);
int32_t phx_store_find_experiments(phx_store *, const phx_experiment_query *, phx_cursor **, phx_error *);
int32_t phx_cursor_next_experiment(phx_cursor *, const phx_experiment **, phx_error *);
int32_t phx_store_find_runs(phx_store *, const phx_run_query *, phx_cursor **, phx_error *);
int32_t phx_cursor_next_run(phx_cursor *, const phx_run **, phx_error *);
int32_t phx_store_find_incomplete_runs(phx_store *, int64_t , int64_t , int64_t , phx_cursor **, phx_error *);
int32_t phx_cursor_next_incomplete_run(phx_cursor *, const phx_incomplete_run **, phx_error *);
int32_t phx_store_find_tags(phx_store *, int64_t , int64_t , phx_cursor **, phx_error *);
int32_t phx_cursor_next_tag(phx_cursor *, const phx_experiment_tag **, phx_error *);
int32_t phx_expect_count(phx_store *, const char *, size_t , int64_t , int64_t , phx_buf *, phx_error *);
int32_t phx_expect_tree(phx_store *, const char *, size_t , int32_t , phx_buf *, phx_error *);
int32_t phx_expect_order(phx_store *, const phx_text *, size_t , phx_buf *, phx_error *);
int32_t phx_expect_below(phx_store *, const char *, size_t , const char *, size_t , int32_t , phx_buf *, phx_error *);
int32_t phx_expect_every(phx_store *, const char *, size_t , const char *, size_t , phx_buf *, phx_error *);
int32_t phx_expect_attributes(phx_store *, const char *, size_t , const char *, size_t , phx_buf *, phx_error *);
int32_t phx_expect_budget(phx_store *, const phx_budget *, phx_buf *, phx_error *);
int32_t phx_golden_write(phx_store *, const phx_golden_options *, phx_buf *, phx_error *);
int32_t phx_golden_compare(phx_store *, const char *, size_t , phx_buf *, phx_error *);
const phx_lint_rule *phx_lint_rule_at(size_t );
int32_t phx_batch_lint(phx_batch *, phx_store *, phx_cursor **, phx_error *);
int32_t phx_store_lint(phx_store *, phx_cursor **, phx_error *);
int32_t phx_cursor_next_finding(phx_cursor *, const phx_finding **, phx_error *);
int32_t phx_prices_read(phx_store *, phx_buf *, phx_error *);
int32_t phx_price_put(phx_store *, const char *, size_t , int64_t *, phx_error *);
int32_t phx_price_delete(phx_store *, int64_t , phx_error *);
int32_t phx_prices_apply(phx_store *, int64_t , phx_error *);
int32_t phx_store_find_costs(phx_store *, int64_t , phx_cursor **, phx_error *);
int32_t phx_cursor_next_cost(phx_cursor *, const phx_cost **, phx_error *);
int32_t phx_store_roll_up(phx_store *, const phx_rollup_query *, phx_cursor **, phx_error *);
int32_t phx_cursor_next_rollup(phx_cursor *, const phx_rollup **, phx_error *);
int32_t phx_filter_check(int32_t , const char *, size_t , phx_buf *, phx_error *);
int32_t phx_filter_vocabulary(int32_t , phx_store *, int64_t , size_t , phx_cursor **, phx_error *);
int32_t phx_store_annotation_names(phx_store *, int32_t , int64_t , size_t , phx_cursor **, phx_error *);
int32_t phx_cursor_next_word(phx_cursor *, const phx_word **, phx_error *);
int32_t phx_store_find_policies(phx_store *, int64_t , phx_cursor **, phx_error *);
int32_t phx_cursor_next_policy(phx_cursor *, const phx_retention_policy **, phx_error *);
int32_t phx_store_find_configs(phx_store *, const phx_config_query *, phx_cursor **, phx_error *);
int32_t phx_cursor_next_config(phx_cursor *, const phx_annotation_config **, phx_error *);
int32_t phx_store_find_logs(phx_store *, int64_t , int64_t , phx_cursor **, phx_error *);
int32_t phx_cursor_next_log(phx_cursor *, const phx_log **, phx_error *);
int32_t phx_cursor_next_json(phx_cursor *, size_t , phx_buf *, phx_error *);
void phx_cursor_close(phx_cursor *);
int32_t phx_store_open_frame(phx_store *, const phx_frame_query *, phx_frame **, phx_error *);
int32_t phx_frame_next(phx_frame *, phx_buf *, phx_error *);
void phx_frame_close(phx_frame *);
int32_t phx_store_export_arrow(phx_store *, const phx_span_query *, const phx_attribute_column *, size_t , struct ArrowArrayStream *, phx_error *);
int32_t phx_export_open(phx_store *, const phx_span_query *, const phx_attribute_column *, size_t , int32_t , phx_export **, phx_error *);
int32_t phx_export_next(phx_export *, phx_buf *, phx_error *);
void phx_export_close(phx_export *);
int32_t phx_store_save(phx_store *, const phx_span_query *, const char *, phx_error *);
int32_t phx_store_merge(phx_store *, const char *, phx_ingest_report *, phx_error *);
int32_t phx_store_sql(phx_store *, const char *, size_t , const phx_value *, size_t , const phx_sql_options *, phx_rows **, phx_error *);
size_t phx_rows_columns(const phx_rows *);
const char *phx_rows_name(const phx_rows *, size_t );
int32_t phx_rows_next(phx_rows *, const phx_value **, phx_error *);
int32_t phx_rows_next_json(phx_rows *, size_t , phx_buf *, phx_error *);
void phx_rows_close(phx_rows *);
