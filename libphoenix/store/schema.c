/*
 * schema.c - the tables of the newest format, and what changes those of older
 * ones. Needs nothing of the library but SQLite: the build runs it, too
 * (tools/schema_image.c).
 */
#include "base/base.h"

#include "store/schema.h"

#define ANNOTATION_TABLE                                                       \
    " id INTEGER PRIMARY KEY, kind INT NOT NULL, target INT NOT NULL,"         \
    " position INT NOT NULL, trace INT NOT NULL, project INT NOT NULL,"        \
    " annotator INT NOT NULL, source INT NOT NULL, author INT NOT NULL,"       \
    " created INT NOT NULL, updated INT NOT NULL, sum INT NOT NULL,"           \
    " name TEXT NOT NULL, identifier TEXT NOT NULL, score REAL, label TEXT,"   \
    " target_id BLOB NOT NULL, metadata TEXT, explanation TEXT"

/* A row of a format makes tables, as they are in the newest one, or changes
 * those that an earlier format has made; a store takes the rows past its own
 * format, but no change to a table that it makes only now. A new store makes
 * all tables and changes none. Rows are in order of format; a table that goes
 * loses its row and gets one that drops it.
 *
 * Times are us since 1970, `_rest` the ns beyond. A trace's n counts its living
 * spans; a session's window is that of its deleted traces, and NULL without.
 * A log's trace and span are hashes of ids, and its hash is of the body, which
 * its sum leaves out; it came at `at`, and is held if its span is stored.
 * Columns named sum are checksums of their row; the counter's `runs` and `gone`
 * are those of the rows of run_head and gone, xor-ed.
 *
 * An annotation's kind is PHX_SPAN_ANNOTATION ..., its id its number * 4 +
 * kind; target is the number of a span, trace or session, and target_id what
 * the sender calls it; position is a document's, else -1. A session has no one
 * trace: 0. The rows of a span or trace are found by the trace, so that they
 * go with it. One that waits is such a row, too, its trace and project 0, its
 * target 0 if it was given by an id.
 *
 * A version of the prices is for the spans from the number `span` on, up to the
 * next version's; built_in is a hash of those that came with the library. The
 * counter's `prices` is the checksums of the rows, xor-ed.
 *
 * Policy 0 is the default one, of projects that have none.
 *
 * A revision is an example of a dataset as it was from `version` on, before
 * `until`; content has the same id. Those of a version have numbers in a row,
 * from its `revision` on; `last` is the last example that there was, and
 * `state` the multiset hash of those that lived. Only the newest revision of an
 * example may live: then it has the last number for `until`. An example is in a
 * split from the version on that was the newest when it was put there, and up
 * to the one that was so when it was taken out.
 *
 * A prompt's `source` is the prompt it was made from, or 0; a version's body is
 * JSON.
 *
 * An experiment is tried on what lived in its version; of that, unless `chosen`
 * is -1, on those of experiment_example alone. Its rows of the other tables are
 * counted in its own. */
static const struct step {
    int format;
    int from; /* 0 makes a table; else that of the table it changes */
    const char *text;
} steps[] = {
    {1, 0,
     "CREATE TABLE counter ("
     " id INTEGER PRIMARY KEY CHECK (id = 1), block INT NOT NULL,"
     " run INT NOT NULL, span INT NOT NULL, trace INT NOT NULL,"
     " session INT NOT NULL, project INT NOT NULL, runs INT NOT NULL,"
     " gone INT NOT NULL, traces INT NOT NULL, sessions INT NOT NULL,"
     " projects INT NOT NULL, secret BLOB NOT NULL, sum INT NOT NULL,"
     " span_annotation INT NOT NULL DEFAULT 1,"
     " trace_annotation INT NOT NULL DEFAULT 1,"
     " session_annotation INT NOT NULL DEFAULT 1,"
     " document_annotation INT NOT NULL DEFAULT 1,"
     " annotations INT NOT NULL DEFAULT 0,"
     " cost_details INT NOT NULL DEFAULT 0,"
     " prices INT NOT NULL DEFAULT 0, log INT NOT NULL DEFAULT 1,"
     " logs INT NOT NULL DEFAULT 0, waiting INT NOT NULL DEFAULT 0,"
     " config INT NOT NULL DEFAULT 1, configs INT NOT NULL DEFAULT 0,"
     " parts INT NOT NULL DEFAULT 0, experiments INT NOT NULL DEFAULT 0,"
     " experiment_tags INT NOT NULL DEFAULT 0) STRICT"},
    {1, 0,
     "CREATE TABLE block ("
     " id INTEGER PRIMARY KEY, level INT NOT NULL, project INT NOT NULL,"
     " day INT NOT NULL, n INT NOT NULL, min_t INT NOT NULL,"
     " max_t INT NOT NULL, min_no INT NOT NULL, max_no INT NOT NULL,"
     " max_latency INT NOT NULL, max_tokens INT NOT NULL,"
     " kinds INT NOT NULL, projects INT NOT NULL, sum INT NOT NULL) STRICT;"
     "CREATE INDEX block_time ON block (project, max_t);"
     "CREATE INDEX block_no ON block (project, max_no);"
     "CREATE INDEX block_new ON block (id) WHERE level < 2"},
    {1, 0,
     "CREATE TABLE frame (id INTEGER PRIMARY KEY, body BLOB NOT NULL)"
     " STRICT"},
    {1, 0,
     "CREATE TABLE run (id INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;"
     "CREATE TABLE run_head ("
     " id INTEGER PRIMARY KEY, level INT NOT NULL, n INT NOT NULL,"
     " first BLOB NOT NULL) STRICT"},
    {1, 0,
     "CREATE TABLE trace ("
     " id INTEGER PRIMARY KEY, trace_id BLOB NOT NULL, project INT NOT NULL,"
     " session INT, start INT NOT NULL, start_rest INT NOT NULL,"
     " end INT NOT NULL, end_rest INT NOT NULL, n INT NOT NULL,"
     " sum INT NOT NULL) STRICT;"
     "CREATE INDEX trace_start ON trace (project, start);"
     "CREATE INDEX trace_session ON trace (session, start)"
     " WHERE session IS NOT NULL"},
    {1, 0,
     "CREATE TABLE session ("
     " id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
     " project INT NOT NULL, start INT, start_rest INT, end INT,"
     " end_rest INT, sum INT NOT NULL) STRICT"},
    {1, 0,
     "CREATE TABLE gone (kind INT NOT NULL, id INT NOT NULL,"
     " hash INT NOT NULL, PRIMARY KEY (kind, id)) STRICT, WITHOUT ROWID"},
    {1, 0,
     "CREATE TABLE project ("
     " id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, description TEXT,"
     " created INT NOT NULL, updated INT NOT NULL, sum INT NOT NULL,"
     " policy INT) STRICT"},
    {2, 0,
     "CREATE TABLE annotation (" ANNOTATION_TABLE ") STRICT;"
     "CREATE UNIQUE INDEX annotation_key ON annotation"
     " (kind, target, position, name, identifier);"
     "CREATE INDEX annotation_target ON annotation (target_id);"
     "CREATE INDEX annotation_trace ON annotation (trace, kind);"
     "CREATE INDEX annotation_name ON annotation (kind, project, name);"
     "CREATE INDEX annotation_identifier ON annotation (kind, identifier)"
     " WHERE identifier <> ''"},
    {2, 1,
     "ALTER TABLE counter ADD span_annotation INT NOT NULL DEFAULT 1;"
     "ALTER TABLE counter ADD trace_annotation INT NOT NULL DEFAULT 1;"
     "ALTER TABLE counter ADD session_annotation INT NOT NULL DEFAULT 1;"
     "ALTER TABLE counter ADD document_annotation INT NOT NULL DEFAULT 1;"
     "ALTER TABLE counter ADD annotations INT NOT NULL DEFAULT 0;"
     "ALTER TABLE counter ADD cost_details INT NOT NULL DEFAULT 0"},
    {3, 0,
     "CREATE TABLE price_version ("
     " id INTEGER PRIMARY KEY, span INT NOT NULL, created INT NOT NULL,"
     " built_in INT NOT NULL, models TEXT NOT NULL, sum INT NOT NULL)"
     " STRICT"},
    {3, 1, "ALTER TABLE counter ADD prices INT NOT NULL DEFAULT 0"},
    {4, 0,
     "CREATE TABLE policy ("
     " id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL,"
     " cron TEXT NOT NULL, limits INT NOT NULL, max_days REAL NOT NULL,"
     " max_count INT NOT NULL, sum INT NOT NULL) STRICT"},
    {4, 1, "ALTER TABLE project ADD COLUMN policy INT"},
    {5, 2, "DROP TABLE cost_detail"}, /* costs are computed */
    {6, 0,
     "CREATE TABLE log ("
     " id INTEGER PRIMARY KEY, trace INT NOT NULL, span INT NOT NULL,"
     " hash INT NOT NULL, at INT NOT NULL, held INT NOT NULL,"
     " sum INT NOT NULL, body BLOB NOT NULL) STRICT;"
     "CREATE UNIQUE INDEX log_span ON log (trace, span, hash);"
     "CREATE INDEX log_held ON log (id) WHERE held > 0;"
     "CREATE TABLE outgrown ("
     " block INTEGER PRIMARY KEY, n INT NOT NULL, rows BLOB NOT NULL,"
     " sum INT NOT NULL) STRICT"},
    {6, 1,
     "ALTER TABLE counter ADD log INT NOT NULL DEFAULT 1;"
     "ALTER TABLE counter ADD logs INT NOT NULL DEFAULT 0"},
    {7, 1,
     "ALTER TABLE counter ADD waiting INT NOT NULL DEFAULT 0;"
     "ALTER TABLE counter ADD config INT NOT NULL DEFAULT 1;"
     "ALTER TABLE counter ADD configs INT NOT NULL DEFAULT 0"},
    {7, 0, "CREATE TABLE waiting (" ANNOTATION_TABLE ") STRICT"},
    {7, 0,
     "CREATE TABLE config ("
     " id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, type INT NOT NULL,"
     " direction INT NOT NULL, bounds INT NOT NULL, lower REAL NOT NULL,"
     " upper REAL NOT NULL, threshold REAL NOT NULL, sum INT NOT NULL,"
     " description TEXT, choices TEXT, projects TEXT NOT NULL) STRICT"},
    {8, 0,
     "CREATE TABLE dataset ("
     " id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
     " description TEXT, metadata TEXT NOT NULL, created INT NOT NULL,"
     " updated INT NOT NULL, first INT NOT NULL, newest INT NOT NULL,"
     " versions INT NOT NULL, examples INT NOT NULL, sum INT NOT NULL)"
     " STRICT"},
    {8, 0,
     "CREATE TABLE dataset_version ("
     " id INTEGER PRIMARY KEY AUTOINCREMENT, dataset INT NOT NULL,"
     " created INT NOT NULL, examples INT NOT NULL, last INT NOT NULL,"
     " revision INT NOT NULL, revisions INT NOT NULL, state BLOB NOT NULL,"
     " sum INT NOT NULL) STRICT;"
     "CREATE INDEX version_dataset ON dataset_version (dataset, id)"},
    {8, 0,
     "CREATE TABLE example ("
     " id INTEGER PRIMARY KEY AUTOINCREMENT, dataset INT NOT NULL,"
     " external TEXT, sum INT NOT NULL) STRICT;"
     "CREATE UNIQUE INDEX example_external ON example (dataset, external)"
     " WHERE external IS NOT NULL"},
    {8, 0,
     "CREATE TABLE revision ("
     " id INTEGER PRIMARY KEY AUTOINCREMENT, dataset INT NOT NULL,"
     " example INT NOT NULL, version INT NOT NULL, until INT NOT NULL,"
     " hash BLOB NOT NULL, strict BLOB NOT NULL, sum INT NOT NULL) STRICT;"
     "CREATE UNIQUE INDEX revision_example ON revision"
     " (dataset, example, version);"
     "CREATE INDEX revision_hash ON revision (dataset, hash, example)"
     " WHERE until = 9223372036854775807;"
     "CREATE INDEX revision_until ON revision (dataset, until)"
     " WHERE until < 9223372036854775807"},
    {8, 0,
     "CREATE TABLE content ("
     " id INTEGER PRIMARY KEY, input TEXT NOT NULL, output TEXT NOT NULL,"
     " metadata TEXT NOT NULL, sum INT NOT NULL) STRICT"},
    {9, 1,
     "ALTER TABLE counter ADD parts INT NOT NULL DEFAULT 0;"
     "ALTER TABLE counter ADD experiments INT NOT NULL DEFAULT 0;"
     "ALTER TABLE counter ADD experiment_tags INT NOT NULL DEFAULT 0"},
    {9, 0,
     "CREATE TABLE example_span ("
     " example INTEGER PRIMARY KEY, trace INT NOT NULL, span INT NOT NULL,"
     " span_id BLOB NOT NULL, sum INT NOT NULL) STRICT;"
     "CREATE INDEX example_span_trace ON example_span (trace)"},
    {9, 0,
     "CREATE TABLE split ("
     " id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
     " description TEXT, color TEXT NOT NULL, metadata TEXT NOT NULL,"
     " created INT NOT NULL, updated INT NOT NULL, sum INT NOT NULL) STRICT"},
    {9, 0,
     "CREATE TABLE member ("
     " id INTEGER PRIMARY KEY, dataset INT NOT NULL, example INT NOT NULL,"
     " split INT NOT NULL, version INT NOT NULL, until INT NOT NULL,"
     " sum INT NOT NULL) STRICT;"
     "CREATE UNIQUE INDEX member_example ON member"
     " (dataset, example, split, version);"
     "CREATE INDEX member_split ON member (split, dataset)"},
    {9, 0,
     "CREATE TABLE label ("
     " id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
     " description TEXT, color TEXT NOT NULL, sum INT NOT NULL) STRICT"},
    {9, 0,
     "CREATE TABLE labelled ("
     " id INTEGER PRIMARY KEY, dataset INT NOT NULL, label INT NOT NULL,"
     " sum INT NOT NULL) STRICT;"
     "CREATE UNIQUE INDEX labelled_dataset ON labelled (dataset, label);"
     "CREATE INDEX labelled_label ON labelled (label)"},
    {9, 0,
     "CREATE TABLE prompt ("
     " id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE,"
     " description TEXT, metadata TEXT NOT NULL, created INT NOT NULL,"
     " updated INT NOT NULL, source INT NOT NULL, newest INT NOT NULL,"
     " versions INT NOT NULL, tags INT NOT NULL, sum INT NOT NULL) STRICT;"
     "CREATE INDEX prompt_source ON prompt (source) WHERE source <> 0"},
    {9, 0,
     "CREATE TABLE prompt_version ("
     " id INTEGER PRIMARY KEY AUTOINCREMENT, prompt INT NOT NULL,"
     " created INT NOT NULL, body TEXT NOT NULL, sum INT NOT NULL) STRICT;"
     "CREATE INDEX prompt_version_prompt ON prompt_version (prompt, id)"},
    {9, 0,
     "CREATE TABLE prompt_tag ("
     " id INTEGER PRIMARY KEY AUTOINCREMENT, prompt INT NOT NULL,"
     " version INT NOT NULL, name TEXT NOT NULL, description TEXT,"
     " updated INT NOT NULL, sum INT NOT NULL) STRICT;"
     "CREATE UNIQUE INDEX prompt_tag_name ON prompt_tag (prompt, name)"},
    {9, 0,
     "CREATE TABLE experiment ("
     " id INTEGER PRIMARY KEY AUTOINCREMENT, dataset INT NOT NULL,"
     " version INT NOT NULL, repetitions INT NOT NULL, examples INT NOT NULL,"
     " chosen INT NOT NULL, runs INT NOT NULL, failed INT NOT NULL,"
     " evaluations INT NOT NULL, created INT NOT NULL, updated INT NOT NULL,"
     " sum INT NOT NULL, name TEXT NOT NULL, description TEXT,"
     " project TEXT NOT NULL UNIQUE, metadata TEXT NOT NULL,"
     " parameters TEXT NOT NULL, evaluators TEXT NOT NULL) STRICT;"
     "CREATE INDEX experiment_dataset ON experiment (dataset)"},
    {9, 0,
     "CREATE TABLE experiment_example ("
     " id INTEGER PRIMARY KEY, experiment INT NOT NULL, example INT NOT NULL,"
     " sum INT NOT NULL) STRICT;"
     "CREATE UNIQUE INDEX experiment_example_key ON experiment_example"
     " (experiment, example)"},
    {9, 0,
     "CREATE TABLE experiment_run ("
     " id INTEGER PRIMARY KEY AUTOINCREMENT, experiment INT NOT NULL,"
     " example INT NOT NULL, repetition INT NOT NULL, start INT NOT NULL,"
     " end INT NOT NULL, sum INT NOT NULL, output TEXT NOT NULL, error TEXT,"
     " trace_id TEXT) STRICT;"
     "CREATE UNIQUE INDEX experiment_run_key ON experiment_run"
     " (experiment, example, repetition);"
     "CREATE INDEX experiment_run_number ON experiment_run (experiment)"},
    {9, 0,
     "CREATE TABLE evaluation ("
     " id INTEGER PRIMARY KEY AUTOINCREMENT, run INT NOT NULL,"
     " annotator INT NOT NULL, start INT NOT NULL, end INT NOT NULL,"
     " sum INT NOT NULL, score REAL, name TEXT NOT NULL, label TEXT,"
     " explanation TEXT, error TEXT, trace_id TEXT, metadata TEXT NOT NULL)"
     " STRICT;"
     "CREATE UNIQUE INDEX evaluation_key ON evaluation (run, name)"},
    {9, 0,
     "CREATE TABLE experiment_tag ("
     " id INTEGER PRIMARY KEY AUTOINCREMENT, dataset INT NOT NULL,"
     " experiment INT NOT NULL, sum INT NOT NULL, name TEXT NOT NULL,"
     " description TEXT) STRICT;"
     "CREATE UNIQUE INDEX experiment_tag_key ON experiment_tag"
     " (dataset, name);"
     "CREATE INDEX experiment_tag_experiment ON experiment_tag (experiment)"},
};
enum { STEPS = sizeof steps / sizeof *steps };

int schema_newest(void)
{
    return steps[STEPS - 1].format;
}

int schema_make(sqlite3 *db, int64_t format)
{
    int code = SQLITE_OK;

    for (int i = 0; i < STEPS && code == SQLITE_OK; i++) {
        if (steps[i].from <= format && format < steps[i].format)
            code = sqlite3_exec(db, steps[i].text, NULL, NULL, NULL);
    }
    return code;
}
