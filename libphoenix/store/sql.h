/*
 * sql.h - every statement of the room, by name. A connection prepares each at
 * its first use and keeps it.
 */
#ifndef STORE_SQL_H
#define STORE_SQL_H

/* clang-format off */
#define ANNOTATION_COLUMNS                                                     \
    "id, kind, target, position, trace, project, annotator, source, author,"   \
    " created, updated, sum, name, identifier, score, label, target_id,"       \
    " metadata, explanation"
#define BLOCK_ROW                                                              \
    "SELECT id, level, project, day, n, min_t, max_t, min_no, max_no,"         \
    " max_latency, max_tokens, kinds, projects, sum FROM block"
#define CONFIG_COLUMNS                                                         \
    "id, name, type, direction, bounds, lower, upper, threshold, sum,"         \
    " description, choices, projects"
#define COUNTER_NUMBERS                                                        \
    "block, run, span, trace, session, project, runs, gone, traces, sessions," \
    " projects, span_annotation, trace_annotation, session_annotation,"        \
    " document_annotation, annotations, cost_details, prices, log, logs,"\
    " waiting, config, configs, parts, experiments, experiment_tags"
#define DATASET_ROW                                                            \
    "SELECT id, name, description, metadata, created, updated, first, newest," \
    " versions, examples, sum FROM dataset"
#define EVALUATION_ROW                                                         \
    "SELECT id, run, annotator, start, \"end\", sum, score, name, label,"       \
    " explanation, error, trace_id, metadata FROM evaluation"
#define EXAMPLE_COLUMNS                                                        \
    " revision.example, revision.version, created, external, hash, strict,"     \
    " input, output, metadata, span, span_id, example_span.sum, trace,"        \
    " (SELECT project FROM trace WHERE id = example_span.trace),"              \
    " (SELECT json_group_array(name) FROM (SELECT name FROM member"            \
    " JOIN split ON split.id = member.split WHERE member.dataset = ?1"         \
    " AND member.example = revision.example AND until = " LIVING               \
    " ORDER BY name))"
#define EXAMPLE_PARTS                                                          \
    " LEFT JOIN example ON example.id = revision.example"                      \
    " LEFT JOIN dataset_version ON dataset_version.id = revision.version"      \
    " LEFT JOIN content ON content.id = revision.id"                           \
    " LEFT JOIN example_span ON example_span.example = revision.example"
#define EXPERIMENT_ROW                                                         \
    "SELECT id, dataset, version, repetitions, examples, chosen, runs, failed,"\
    " evaluations, created, updated, sum, name, description, project,"         \
    " metadata, parameters, evaluators FROM experiment"
#define EXPERIMENT_RUN_ROW                                                     \
    "SELECT id, experiment, example, repetition, start, \"end\", sum, output,"  \
    " error, trace_id FROM experiment_run"
#define EXPERIMENT_TAG_ROW                                                     \
    "SELECT id, dataset, experiment, sum, name, description"                   \
    " FROM experiment_tag"
#define EXAMPLE_ROW "SELECT id, dataset, external, sum FROM example"
#define EXAMPLES_OF                                                            \
    "SELECT" EXAMPLE_COLUMNS " FROM revision" EXAMPLE_PARTS                    \
    " WHERE revision.dataset = ?1 AND revision.example BETWEEN ?2 AND ?3"      \
    " AND revision.version <= ?4 AND revision.until > ?4"
#define LIVING "9223372036854775807" /* the end of what has none */
#define REVISION_ROW                                                           \
    "SELECT revision.id, revision.dataset, example, version, until, hash,"     \
    " strict, revision.sum, external, example.dataset FROM revision"           \
    " LEFT JOIN example ON example.id = revision.example"
#define LABEL_ROW "SELECT label.id, name, description, color, label.sum FROM label"
#define MEMBER_ROW                                                             \
    "SELECT id, dataset, example, split, version, until, sum FROM member"
#define SPLIT_ROW                                                              \
    "SELECT id, name, description, color, metadata, created, updated, sum,"    \
    " (SELECT count(*) FROM member WHERE member.split = split.id"              \
    " AND (?1 = 0 OR dataset = ?1) AND until = " LIVING ") FROM split"
#define VERSION_ROW                                                            \
    "SELECT id, dataset, created, examples, last, revision, revisions, state," \
    " sum FROM dataset_version"
#define PROMPT_COLUMNS                                                         \
    "id, name, description, metadata, created, updated, source, newest,"       \
    " versions, tags, sum"
#define PROMPT_TAG_COLUMNS \
    "id, prompt, version, name, description, updated, sum"
#define PROMPT_TAG_ROW "SELECT " PROMPT_TAG_COLUMNS " FROM prompt_tag"
#define PROMPT_VERSION_ROW \
    "SELECT id, prompt, created, body, sum FROM prompt_version"
#define PROMPT_ROW "SELECT " PROMPT_COLUMNS " FROM prompt"
#define PROJECT_ROW                                                            \
    "SELECT id, name, description, created, updated, sum, policy,"             \
    " (SELECT id FROM experiment WHERE experiment.project = project.name)"     \
    " FROM project"
#define POLICY_ROW                                                             \
    "SELECT id, name, cron, limits, max_days, max_count, sum, (SELECT count(*)"\
    " FROM project WHERE ifnull(project.policy, 0) = policy.id) FROM policy"
#define SESSION_ROW                                                            \
    "SELECT id, name, project, start, start_rest, end, end_rest, sum"          \
    " FROM session"
#define LOG_ROW "SELECT id, trace, span, hash, at, held, sum, body FROM log"
#define TRACE_ROW                                                              \
    "SELECT id, trace_id, project, session, start, start_rest, end, end_rest," \
    " n, sum FROM trace"

#define STATEMENTS(X)                                                          \
    X(BEGIN_READ, "BEGIN")                                                     \
    X(BEGIN_WRITE, "BEGIN IMMEDIATE")                                          \
    X(COMMIT, "COMMIT")                                                        \
    X(ROLLBACK, "ROLLBACK")                                                    \
    X(READ_COUNTER,                                                            \
      "SELECT " COUNTER_NUMBERS ", sum, secret FROM counter WHERE id = 1")     \
    X(INSERT_COUNTER,                                                          \
      "INSERT INTO counter (id, block, run, span, trace, session, project,"    \
      " runs, gone, traces, sessions, projects, secret, sum)"                  \
      " VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ?, 0)")                    \
    X(WRITE_COUNTER,                                                           \
      "UPDATE counter SET (" COUNTER_NUMBERS ", sum) ="                        \
      " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"  \
      " ?, ?, ?, ?)"                                                           \
      " WHERE id = 1")                                                         \
    X(SCHEMA_HAS,                                                              \
      "SELECT 1 FROM sqlite_schema WHERE type = ? AND name = ?"                \
      " AND tbl_name = ? AND ifnull(sql, '') = ?")                             \
    X(INSERT_BLOCK,                                                            \
      "INSERT INTO block (id, level, project, day, n, min_t, max_t, min_no,"   \
      " max_no, max_latency, max_tokens, kinds, projects, sum)"                \
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                    \
    X(PRICE_VERSIONS,                                                          \
      "SELECT id, span, created, built_in, models, sum FROM price_version"     \
      " ORDER BY id")                                                          \
    X(PRICES_ALL,                                                              \
      "SELECT id, span, created, built_in, models, sum FROM price_version"     \
      " WHERE id > ? ORDER BY id")                                             \
    X(PRICE_VERSION,                                                           \
      "SELECT id, span, created, built_in, models, sum FROM price_version"     \
      " WHERE id = ?")                                                         \
    X(PRICE_NEWEST,                                                            \
      "SELECT id, span, created, built_in, models, sum FROM price_version"     \
      " ORDER BY id DESC LIMIT 1")                                             \
    X(INSERT_PRICE_VERSION,                                                    \
      "INSERT INTO price_version (id, span, created, built_in, models, sum)"   \
      " VALUES (?, ?, ?, ?, ?, ?)")                                            \
    X(DELETE_PRICE_VERSION, "DELETE FROM price_version WHERE id = ?")          \
    X(DELETE_BLOCK, "DELETE FROM block WHERE id = ?")                          \
    X(BLOCK_BY_ID,                                                             \
      BLOCK_ROW " WHERE id = ?")                                               \
    X(BLOCKS_ALL,                                                              \
      BLOCK_ROW " WHERE id > ? ORDER BY id")                                   \
    X(BLOCKS_YOUNG,                                                            \
      "SELECT id, n FROM block WHERE level < 2 AND id <= ? ORDER BY id")       \
    X(BLOCKS_SMALL,                                                            \
      "SELECT id, n, project, day FROM block WHERE level = 2 AND n < ?"        \
      " ORDER BY project, day, id")                                            \
    X(BLOCKS_OF_NUMBER,                                                        \
      "SELECT id FROM block WHERE min_no <= ?1 AND max_no >= ?1")              \
    X(BLOCKS_OF_PROJECT,                                                       \
      "SELECT id FROM block WHERE project = ?1 OR (project = -1"               \
      " AND (projects >> (?1 & 63)) & 1)")                                     \
    X(BLOCKS_LAST,                                                             \
      "SELECT id FROM block WHERE ?1 IN (0, project) OR (project = -1"         \
      " AND (projects >> (?1 & 63)) & 1) ORDER BY id DESC LIMIT ?2")           \
    X(BLOCKS_BEFORE,                                                           \
      "SELECT id FROM block WHERE project = ?1 AND max_t < ?2 AND level > 1"   \
      " ORDER BY max_t, id")                                                   \
    X(BLOCKS_OLDEST,                                                           \
      "SELECT id FROM block WHERE level > 1 ORDER BY max_t, id")               \
    X(BLOCKS_FIRST,                                                            \
      "SELECT ifnull(min(max_t), 9223372036854775807) FROM block")             \
    X(INSERT_FRAME, "INSERT INTO frame (id, body) VALUES (?, ?)")              \
    X(FRAME, "SELECT body FROM frame WHERE id = ?")                            \
    X(DELETE_FRAMES, "DELETE FROM frame WHERE id >= ?1 AND id < ?2")           \
    X(FRAME_ORPHAN,                                                            \
      "SELECT id FROM frame WHERE (id >> 12) NOT IN (SELECT id FROM block)")   \
    X(INSERT_RUN, "INSERT INTO run (id, body) VALUES (?, ?)")                  \
    X(RUN_PART, "SELECT body FROM run WHERE id = ?")                           \
    X(RUN_NEXT, "SELECT id FROM run WHERE id >= ? LIMIT 1")                    \
    X(DELETE_RUN_PARTS, "DELETE FROM run WHERE id >= ?1 AND id < ?2")          \
    X(INSERT_RUN_HEAD,                                                         \
      "INSERT INTO run_head (id, level, n, first) VALUES (?, ?, ?, ?)")        \
    X(RUN_HEADS, "SELECT id, level, n, first FROM run_head ORDER BY id")       \
    X(DELETE_RUN_HEAD, "DELETE FROM run_head WHERE id = ?")                    \
    X(INSERT_TRACE,                                                            \
      "INSERT INTO trace (id, trace_id, project, session, start, start_rest,"  \
      " end, end_rest, n, sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")         \
    X(UPDATE_TRACE,                                                            \
      "UPDATE trace SET project = ?2, session = ?3, start = ?4,"               \
      " start_rest = ?5, end = ?6, end_rest = ?7, n = ?8, sum = ?9"            \
      " WHERE id = ?1")                                                        \
    X(TRACE_BY_ID,                                                             \
      TRACE_ROW " WHERE id = ?")                                               \
    X(TRACES_LAST,                                                             \
      TRACE_ROW " ORDER BY id DESC LIMIT ?")                                   \
    X(TRACES_ALL,                                                              \
      TRACE_ROW " WHERE id > ? ORDER BY id")                                   \
    X(TRACES_BEFORE,                                                           \
      "SELECT id, trace_id FROM trace WHERE project = ?1"                      \
      " AND (start, id) < (?2, ?3) ORDER BY start, id LIMIT ?4")               \
    X(TRACE_NTH,                                                               \
      "SELECT start, id FROM trace WHERE project = ?1"                         \
      " ORDER BY start DESC, id DESC LIMIT 1 OFFSET ?2")                       \
    X(DELETE_TRACE, "DELETE FROM trace WHERE id = ?")                          \
    X(TRACES_OF_SESSION,                                                       \
      TRACE_ROW " WHERE session = ?")                                          \
    X(TRACE_OF_PROJECT,                                                        \
      TRACE_ROW " WHERE project = ? LIMIT 1")                                  \
    X(TRACES_LEAVING_SESSIONS,                                                 \
      TRACE_ROW " WHERE project <> ?1 AND session IN"                          \
      " (SELECT id FROM session WHERE project = ?1)")                          \
    X(INSERT_SESSION,                                                          \
      "INSERT INTO session (id, name, project, sum) VALUES (?1, ?2, ?3, ?4)")  \
    X(WIDEN_SESSION,                                                           \
      "UPDATE session SET start = ?2, start_rest = ?3, end = ?4, end_rest = ?5,"\
      " sum = ?6 WHERE id = ?1")                                               \
    X(SESSION_BY_NAME, "SELECT id, project FROM session WHERE name = ?")       \
    X(SESSION_BY_ID,                                                           \
      SESSION_ROW " WHERE id = ?")                                             \
    X(SESSION_WINDOW,                                                          \
      "SELECT start, start_rest, end, end_rest, project FROM trace"            \
      " WHERE session = ?")                                                    \
    X(SESSIONS_ALL,                                                            \
      SESSION_ROW " WHERE id > ? ORDER BY id")                                 \
    X(DELETE_SESSION, "DELETE FROM session WHERE id = ?")                      \
    X(SESSIONS_IDLE,                                                           \
      "SELECT id FROM session WHERE ifnull(end, 0) < ?1 AND NOT EXISTS"        \
      " (SELECT 1 FROM trace WHERE trace.session = session.id)"                \
      " ORDER BY id LIMIT ?2")                                                 \
    X(DELETE_SESSION_EMPTY,                                                    \
      "DELETE FROM session WHERE id = ?1 AND NOT EXISTS"                       \
      " (SELECT 1 FROM trace WHERE trace.session = ?1)")                       \
    X(DELETE_SESSIONS_OF_PROJECT,                                              \
      "DELETE FROM session WHERE project = ?")                                 \
    X(INSERT_PROJECT,                                                          \
      "INSERT INTO project (id, name, description, created, updated, sum)"     \
      " VALUES (?, ?, ?, ?, ?, ?)")                                            \
    X(UPDATE_PROJECT,                                                          \
      "UPDATE project SET description = ifnull(?2, description),"              \
      " updated = ?3, sum = ?4 WHERE id = ?1")                                 \
    X(PROJECT_BY_NAME, "SELECT id FROM project WHERE name = ?")                \
    X(PROJECT_BY_ID,                                                           \
      PROJECT_ROW " WHERE id = ?")                                             \
    X(PROJECTS_DOWN,                                                           \
      PROJECT_ROW " WHERE id <= ? ORDER BY id DESC")                           \
    X(PROJECTS_ALL,                                                            \
      PROJECT_ROW " WHERE id > ? ORDER BY id")                                 \
    X(DELETE_PROJECT, "DELETE FROM project WHERE id = ?")                      \
    X(PROJECT_OF_POLICY,                                                       \
      PROJECT_ROW " WHERE policy = ? LIMIT 1")                                 \
    X(SET_PROJECT_POLICY,                                                      \
      "UPDATE project SET policy = nullif(?2, 0), sum = ?3 WHERE id = ?1")     \
    X(INSERT_POLICY,                                                           \
      "INSERT INTO policy (id, name, cron, limits, max_days, max_count, sum)"  \
      " VALUES (?, ?, ?, ?, ?, ?, ?)")                                         \
    X(UPDATE_POLICY,                                                           \
      "UPDATE policy SET name = ?2, cron = ?3, limits = ?4, max_days = ?5,"    \
      " max_count = ?6, sum = ?7 WHERE id = ?1")                               \
    X(POLICY_LAST,                                                             \
      "SELECT seq FROM sqlite_sequence WHERE name = 'policy'")                 \
    X(POLICY_BY_ID,                                                            \
      POLICY_ROW " WHERE id = ?")                                              \
    X(POLICIES_ALL,                                                            \
      POLICY_ROW " WHERE id > ? ORDER BY id")                                  \
    X(DELETE_POLICY, "DELETE FROM policy WHERE id = ?")                        \
    X(INSERT_GONE, "INSERT INTO gone (kind, id, hash) VALUES (?, ?, ?)")       \
    X(GONE, "SELECT kind, id, hash FROM gone ORDER BY kind, id")               \
    X(DELETE_GONE, "DELETE FROM gone WHERE kind = ? AND id = ?")               \
    X(PUT_CONFIG,                                                              \
      "INSERT OR REPLACE INTO config (" CONFIG_COLUMNS ")"                     \
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                          \
    X(CONFIG_BY_ID,                                                            \
      "SELECT " CONFIG_COLUMNS " FROM config WHERE id = ?")                    \
    X(CONFIG_BY_NAME,                                                          \
      "SELECT id FROM config WHERE name = ?")                                  \
    X(CONFIG_AFTER,                                                            \
      "SELECT " CONFIG_COLUMNS " FROM config WHERE id > ? ORDER BY id")        \
    X(CONFIGS,                                                                 \
      "SELECT " CONFIG_COLUMNS " FROM config WHERE id <= ?1"                   \
      " AND (?2 = 0 OR id = ?2) AND (?3 IS NULL OR name = ?3)"                 \
      " AND (?4 = 0 OR EXISTS (SELECT 1 FROM json_each(projects)"              \
      " WHERE value = ?4)) ORDER BY id DESC LIMIT ?5")                         \
    X(DELETE_CONFIG, "DELETE FROM config WHERE id = ?")                        \
    X(PUT_ANNOTATION,                                                          \
      "INSERT OR REPLACE INTO annotation (" ANNOTATION_COLUMNS ")"             \
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")     \
    X(PUT_WAITING,                                                             \
      "INSERT INTO waiting (" ANNOTATION_COLUMNS ")"                           \
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")     \
    X(WAITING_ALL,                                                             \
      "SELECT " ANNOTATION_COLUMNS " FROM waiting WHERE id > ?"                \
      " ORDER BY id")                                                          \
    X(WAITING_LAST, "SELECT max(id) FROM waiting")                             \
    X(DELETE_WAITING,                                                          \
      "DELETE FROM waiting WHERE id = ?")                                      \
    X(ANNOTATION_BY_KEY,                                                       \
      "SELECT id, created, updated FROM annotation WHERE kind = ?"             \
      " AND target = ? AND position = ? AND name = ? AND identifier = ?")      \
    X(ANNOTATIONS_ALL,                                                         \
      "SELECT " ANNOTATION_COLUMNS " FROM annotation WHERE id > ?"             \
      " ORDER BY id")                                                          \
    X(ANNOTATION_ELSEWHERE,                                                    \
      "SELECT " ANNOTATION_COLUMNS " FROM annotation WHERE trace = ?1"         \
      " AND project <> ?2 LIMIT 1")                                            \
    X(ANNOTATION_NAME,                                                         \
      "SELECT name FROM annotation WHERE kind = ? AND project = ?"             \
      " AND name > ? ORDER BY name LIMIT 1")                                   \
    X(DELETE_ANNOTATIONS,                                                      \
      "DELETE FROM annotation WHERE trace = ?1"                                \
      " AND (?2 = 0 OR (kind IN (0, 3) AND target = ?2))")                     \
    X(DELETE_SESSION_ANNOTATIONS,                                              \
      "DELETE FROM annotation WHERE kind = 2 AND target = ?")                  \
    X(DELETE_SESSIONS_ANNOTATIONS,                                             \
      "DELETE FROM annotation WHERE kind = 2 AND project = ?")                 \
    X(INSERT_LOG,                                                              \
      "INSERT OR IGNORE INTO log (id, trace, span, hash, at, held, sum, body)" \
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")                                      \
    X(LOGS_OF_SPAN,                                                            \
      "SELECT id FROM log WHERE trace = ? AND span = ? AND held >= ?")         \
    X(LOGS_HELD,                                                               \
      "SELECT id FROM log WHERE held > 0 ORDER BY id LIMIT ?")                 \
    X(RELEASE_LOG, "UPDATE log SET held = 0, sum = ?2 WHERE id = ?1")          \
    X(LOG_BY_ID,                                                               \
      LOG_ROW " WHERE id = ?")                                                 \
    X(LOGS_ALL,                                                                \
      LOG_ROW " WHERE id > ? ORDER BY id LIMIT 1")                             \
    X(LOG_UPTO,                                                                \
      LOG_ROW " WHERE id <= ? ORDER BY id DESC LIMIT 1")                       \
    X(LOG_SPANS, "SELECT span FROM log WHERE trace <> 0")                      \
    X(DELETE_LOG, "DELETE FROM log WHERE id = ?")                              \
    X(DELETE_LOGS_OF_TRACE, "DELETE FROM log WHERE trace = ?")                 \
    X(DELETE_LOGS_BEFORE,                                                      \
      "DELETE FROM log WHERE id IN (SELECT id FROM"                            \
      " (SELECT id, at FROM log ORDER BY id LIMIT ?2) WHERE at < ?1)")         \
    X(LOGS_DUE,                                                                \
      "SELECT 1 FROM (SELECT at FROM log ORDER BY id LIMIT ?2)"                \
      " WHERE at < ?1 LIMIT 1")                                                \
    X(OUTGROWN, "SELECT rows, n, sum FROM outgrown WHERE block = ?")              \
    X(WRITE_OUTGROWN,                                                          \
      "INSERT OR REPLACE INTO outgrown (block, n, rows, sum)"                  \
      " VALUES (?, ?, ?, ?)")                                                  \
    X(DELETE_OUTGROWN, "DELETE FROM outgrown WHERE block = ?")                 \
    X(OUTGROWN_MANY,                                                           \
      "SELECT block FROM outgrown JOIN block ON id = outgrown.block"           \
      " WHERE level >= 2 AND outgrown.n * 4 >= block.n LIMIT ?")               \
    X(OUTGROWN_ORPHAN,                                                         \
      "SELECT block FROM outgrown WHERE block NOT IN (SELECT id FROM block)")  \
    X(DATASET_NUMBERS,                                                         \
      "SELECT"                                                                 \
      " max(ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'dataset'),"  \
      " 0), (SELECT ifnull(max(id), 0) FROM dataset)),"                        \
      " max(ifnull((SELECT seq FROM sqlite_sequence"                           \
      " WHERE name = 'dataset_version'), 0),"                                  \
      " (SELECT ifnull(max(id), 0) FROM dataset_version)),"                    \
      " max(ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'example'),"  \
      " 0), (SELECT ifnull(max(id), 0) FROM example)),"                        \
      " max(ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'revision')," \
      " 0), (SELECT ifnull(max(id), 0) FROM revision))")                       \
    X(INSERT_DATASET,                                                          \
      "INSERT INTO dataset (id, name, description, metadata, created, updated,"\
      " first, newest, versions, examples, sum)"                               \
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                             \
    X(UPDATE_DATASET,                                                          \
      "UPDATE dataset SET updated = ?2, newest = ?3, versions = ?4,"           \
      " examples = ?5, sum = ?6 WHERE id = ?1")                                \
    X(DATASET_BY_NAME,                                                         \
      DATASET_ROW " WHERE name = ?")                                           \
    X(DATASET_BY_ID,                                                           \
      DATASET_ROW " WHERE id = ?")                                             \
    X(DATASETS_DOWN,                                                           \
      DATASET_ROW " WHERE id <= ? ORDER BY id DESC")                           \
    X(DATASETS_ALL,                                                            \
      DATASET_ROW " WHERE id > ? ORDER BY id")                                 \
    X(DELETE_DATASET, "DELETE FROM dataset WHERE id = ?")                      \
    X(INSERT_VERSION,                                                          \
      "INSERT INTO dataset_version (id, dataset, created, examples, last,"     \
      " revision, revisions, state, sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")  \
    X(VERSION_BY_ID,                                                           \
      VERSION_ROW " WHERE id = ?")                                             \
    X(VERSIONS_DOWN,                                                           \
      VERSION_ROW " WHERE dataset = ? AND id <= ? ORDER BY id DESC")           \
    X(VERSIONS_ALL,                                                            \
      VERSION_ROW " WHERE id > ? ORDER BY id")                                 \
    X(VERSIONS_OF_DATASET,                                                     \
      "SELECT count(*), min(id), max(id) FROM dataset_version"                 \
      " WHERE dataset = ?")                                                    \
    X(DELETE_VERSIONS, "DELETE FROM dataset_version WHERE dataset = ?")        \
    X(INSERT_EXAMPLE,                                                          \
      "INSERT INTO example (id, dataset, external, sum) VALUES (?, ?, ?, ?)")  \
    X(EXAMPLE_BY_EXTERNAL,                                                     \
      "SELECT id FROM example WHERE dataset = ? AND external = ?")             \
    X(EXAMPLES_ALL,                                                            \
      EXAMPLE_ROW " WHERE id > ? ORDER BY id")                                 \
    X(DELETE_EXAMPLES,                                                         \
      "DELETE FROM example WHERE id IN"                                        \
      " (SELECT example FROM revision WHERE dataset = ?)")                     \
    X(INSERT_REVISION,                                                         \
      "INSERT INTO revision (id, dataset, example, version, until, hash,"      \
      " strict, sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")                         \
    X(END_REVISION,                                                            \
      "UPDATE revision SET until = ?2, sum = ?3 WHERE id = ?1")                \
    X(REVISION_OF_EXAMPLE,                                                     \
      REVISION_ROW " WHERE revision.dataset = ? AND example = ?"               \
      " ORDER BY version DESC LIMIT 1")                                        \
    X(REVISION_CONTENT,                                                        \
      "SELECT revision.id, revision.dataset, example, version, until, hash,"   \
      " strict, revision.sum, external, example.dataset, input, output,"       \
      " metadata, content.sum FROM revision"                                   \
      " LEFT JOIN example ON example.id = revision.example"                    \
      " LEFT JOIN content ON content.id = revision.id WHERE revision.id = ?")  \
    X(REVISION_OF_HASH,                                                        \
      REVISION_ROW " WHERE revision.dataset = ? AND hash = ? AND example > ?"  \
      " AND until = " LIVING " AND version < ? ORDER BY example LIMIT 1")      \
    X(REVISIONS_LIVING,                                                        \
      REVISION_ROW " WHERE revision.dataset = ? AND example > ?"               \
      " AND until = " LIVING " ORDER BY example LIMIT ?")                      \
    X(REVISIONS_ALL,                                                           \
      REVISION_ROW " WHERE revision.id > ? ORDER BY revision.id")              \
    X(REVISIONS_OF_VERSION,                                                    \
      "SELECT count(*) FROM revision WHERE id >= ?1 AND id < ?1 + ?2"          \
      " AND version = ?3")                                                     \
    X(DELETE_REVISIONS, "DELETE FROM revision WHERE dataset = ?")              \
    X(INSERT_CONTENT,                                                          \
      "INSERT INTO content (id, input, output, metadata, sum)"                 \
      " VALUES (?, ?, ?, ?, ?)")                                               \
    X(CONTENTS_ALL,                                                            \
      "SELECT content.id, input, output, metadata, content.sum, revision.id"   \
      " FROM content LEFT JOIN revision ON revision.id = content.id"           \
      " WHERE content.id > ? ORDER BY content.id")                             \
    X(DELETE_CONTENTS,                                                         \
      "DELETE FROM content WHERE id IN"                                        \
      " (SELECT id FROM revision WHERE dataset = ?)")                          \
    X(EXAMPLES,                                                                \
      EXAMPLES_OF " ORDER BY revision.example")                                \
    X(EXAMPLE_AS,                                                              \
      "SELECT" EXAMPLE_COLUMNS " FROM revision" EXAMPLE_PARTS                  \
      " WHERE revision.dataset = ?1 AND revision.id = ?2")                     \
    X(CHANGES_BEGUN,                                                           \
      "SELECT older.id, revision.id, 0 FROM dataset_version"                   \
      " CROSS JOIN revision ON revision.id < dataset_version.revision"         \
      " + dataset_version.revisions"                                           \
      " AND revision.id >= max(dataset_version.revision, ?4 + 1)"              \
      " LEFT JOIN revision AS older ON older.dataset = ?1"                     \
      " AND older.example = revision.example AND older.version <= ?2"          \
      " AND older.until > ?2"                                                  \
      " WHERE dataset_version.dataset = ?1 AND dataset_version.id > ?2"        \
      " AND dataset_version.id <= ?3 AND revision.until > ?3"                  \
      " AND older.strict IS NOT revision.strict"                               \
      " ORDER BY dataset_version.id, revision.id")                             \
    X(CHANGES_ENDED,                                                           \
      "SELECT older.id, 0, older.until FROM revision AS older"                 \
      " WHERE dataset = ?1 AND until > ?2 AND until <= ?3"                     \
      " AND until < " LIVING " AND (until, id) > (?5, ?4) AND version <= ?2"   \
      " AND NOT EXISTS (SELECT 1 FROM revision WHERE dataset = ?1"             \
      " AND example = older.example AND version <= ?3 AND until > ?3)"         \
      " ORDER BY until, id")                                                   \
    X(EXAMPLES_IN_SPLITS,                                                      \
      "SELECT" EXAMPLE_COLUMNS " FROM (SELECT DISTINCT example AS chosen"      \
      " FROM member WHERE dataset = ?1 AND example BETWEEN ?2 AND ?3"          \
      " AND version <= ?6 AND until > ?6"                                      \
      " AND split IN (SELECT value FROM json_each(?5)) ORDER BY example)"      \
      " CROSS JOIN revision ON revision.dataset = ?1"                          \
      " AND revision.example = chosen AND revision.version <= ?4"              \
      " AND revision.until > ?4" EXAMPLE_PARTS " ORDER BY chosen")             \
    X(INSERT_EXAMPLE_SPAN,                                                     \
      "INSERT INTO example_span (example, trace, span, span_id, sum)"          \
      " VALUES (?, ?, ?, ?, ?)")                                               \
    X(EXAMPLE_SPANS_ALL,                                                       \
      "SELECT example, trace, span, span_id, example_span.sum, example.id"     \
      " FROM example_span LEFT JOIN example ON example.id = example_span.example"\
      " WHERE example_span.example > ? ORDER BY example_span.example")         \
    X(DELETE_SPAN_OF_EXAMPLES,                                                 \
      "DELETE FROM example_span WHERE trace = ?1 AND (?2 = 0 OR span = ?2)")   \
    X(DELETE_EXAMPLE_SPANS,                                                    \
      "DELETE FROM example_span WHERE example IN"                              \
      " (SELECT example FROM revision WHERE dataset = ?)")                     \
    X(PUT_SPLIT,                                                               \
      "INSERT OR REPLACE INTO split (id, name, description, color, metadata,"  \
      " created, updated, sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")               \
    X(SPLIT_LAST,                                                              \
      "SELECT max(ifnull((SELECT seq FROM sqlite_sequence"                     \
      " WHERE name = 'split'), 0), (SELECT ifnull(max(id), 0) FROM split))")   \
    X(SPLIT_BY_NAME, "SELECT id FROM split WHERE name = ?")                    \
    X(SPLIT_BY_ID,                                                             \
      SPLIT_ROW " WHERE id = ?2")                                              \
    X(SPLITS,                                                                  \
      SPLIT_ROW " WHERE (?2 = 0 OR id = ?2) AND (?3 IS NULL OR name = ?3)"     \
      " ORDER BY id DESC")                                                     \
    X(SPLITS_ALL,                                                              \
      "SELECT id, name, description, color, metadata, created, updated, sum,"  \
      " 0 FROM split WHERE id > ? ORDER BY id")                                \
    X(DELETE_SPLIT, "DELETE FROM split WHERE id = ?")                          \
    X(INSERT_MEMBER,                                                           \
      "INSERT OR REPLACE INTO member (id, dataset, example, split, version,"   \
      " until, sum) VALUES (?, ?, ?, ?, ?, ?, ?)")                             \
    X(MEMBER_LAST, "SELECT ifnull(max(id), 0) FROM member")                    \
    X(MEMBERS_OF_EXAMPLE,                                                      \
      MEMBER_ROW " WHERE dataset = ? AND example = ? AND until = " LIVING      \
      " ORDER BY split")                                                       \
    X(SPLITS_THEN,                                                             \
      "SELECT name FROM member JOIN split ON split.id = member.split"          \
      " WHERE dataset = ?1 AND example = ?2 AND version <= ?3 AND until > ?3") \
    X(MEMBERS_ALL,                                                             \
      "SELECT member.id, member.dataset, example, split, version, until,"      \
      " member.sum, split.id, example.dataset FROM member"                     \
      " LEFT JOIN split ON split.id = member.split"                            \
      " LEFT JOIN example ON example.id = member.example"                      \
      " WHERE member.id > ? ORDER BY member.id")                               \
    X(DELETE_MEMBER, "DELETE FROM member WHERE id = ?")                        \
    X(DELETE_MEMBERS, "DELETE FROM member WHERE dataset = ?")                  \
    X(DELETE_MEMBERS_OF_SPLIT, "DELETE FROM member WHERE split = ?")           \
    X(PUT_LABEL,                                                               \
      "INSERT OR REPLACE INTO label (id, name, description, color, sum)"       \
      " VALUES (?, ?, ?, ?, ?)")                                               \
    X(LABEL_LAST,                                                              \
      "SELECT max(ifnull((SELECT seq FROM sqlite_sequence"                     \
      " WHERE name = 'label'), 0), (SELECT ifnull(max(id), 0) FROM label))")   \
    X(LABEL_BY_NAME, "SELECT id FROM label WHERE name = ?")                    \
    X(LABEL_BY_ID,                                                             \
      LABEL_ROW " WHERE id = ?")                                               \
    X(LABELS,                                                                  \
      LABEL_ROW " WHERE id <= ?1 AND (?2 = 0 OR id = ?2) AND (?3 = 0 OR id IN" \
      " (SELECT label FROM labelled WHERE dataset = ?3))"                      \
      " ORDER BY id DESC LIMIT ?4")                                            \
    X(LABELS_ALL,                                                              \
      LABEL_ROW " WHERE id > ? ORDER BY id")                                   \
    X(DELETE_LABEL, "DELETE FROM label WHERE id = ?")                          \
    X(INSERT_LABELLED,                                                         \
      "INSERT INTO labelled (id, dataset, label, sum) VALUES (?, ?, ?, ?)")    \
    X(LABELLED_NEXT,                                                           \
      "SELECT (SELECT ifnull(max(id), 0) FROM labelled) + 1 WHERE NOT EXISTS"  \
      " (SELECT 1 FROM labelled WHERE dataset = ? AND label = ?)")             \
    X(LABELLED_ALL,                                                            \
      "SELECT labelled.id, labelled.dataset, label, labelled.sum, label.id,"   \
      " dataset.id FROM labelled LEFT JOIN label ON label.id = labelled.label" \
      " LEFT JOIN dataset ON dataset.id = labelled.dataset"                    \
      " WHERE labelled.id > ? ORDER BY labelled.id")                           \
    X(DELETE_LABELLED, "DELETE FROM labelled WHERE dataset = ? AND label = ?") \
    X(DELETE_LABELS_OF, "DELETE FROM labelled WHERE dataset = ?")              \
    X(DELETE_LABELLED_OF_LABEL, "DELETE FROM labelled WHERE label = ?")        \
    X(PROMPT_NUMBERS,                                                          \
      "SELECT"                                                                 \
      " max(ifnull((SELECT seq FROM sqlite_sequence WHERE name = 'prompt'),"   \
      " 0), (SELECT ifnull(max(id), 0) FROM prompt)),"                         \
      " max(ifnull((SELECT seq FROM sqlite_sequence"                           \
      " WHERE name = 'prompt_version'), 0),"                                   \
      " (SELECT ifnull(max(id), 0) FROM prompt_version)),"                     \
      " max(ifnull((SELECT seq FROM sqlite_sequence"                           \
      " WHERE name = 'prompt_tag'), 0),"                                       \
      " (SELECT ifnull(max(id), 0) FROM prompt_tag))")                         \
    X(PUT_PROMPT,                                                              \
      "INSERT OR REPLACE INTO prompt (" PROMPT_COLUMNS ")"                     \
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                             \
    X(PROMPT_BY_NAME,                                                          \
      PROMPT_ROW " WHERE name = ?")                                            \
    X(PROMPT_BY_ID,                                                            \
      PROMPT_ROW " WHERE id = ?")                                              \
    X(PROMPT_OF_SOURCE,                                                        \
      PROMPT_ROW " WHERE source = ? LIMIT 1")                                  \
    X(PROMPTS_DOWN,                                                            \
      PROMPT_ROW " WHERE id <= ? ORDER BY id DESC")                            \
    X(PROMPTS_ALL,                                                             \
      PROMPT_ROW " WHERE id > ? ORDER BY id")                                  \
    X(DELETE_PROMPT, "DELETE FROM prompt WHERE id = ?")                        \
    X(INSERT_PROMPT_VERSION,                                                   \
      "INSERT INTO prompt_version (id, prompt, created, body, sum)"            \
      " VALUES (?, ?, ?, ?, ?)")                                               \
    X(PROMPT_VERSION_BY_ID,                                                    \
      PROMPT_VERSION_ROW " WHERE id = ?")                                      \
    X(PROMPT_VERSION_BY_TAG,                                                   \
      PROMPT_VERSION_ROW " WHERE id = (SELECT version FROM prompt_tag"         \
      " WHERE prompt = ? AND name = ?)")                                       \
    X(PROMPT_VERSIONS_DOWN,                                                    \
      PROMPT_VERSION_ROW " WHERE prompt = ? AND id <= ? ORDER BY id DESC")     \
    X(PROMPT_VERSIONS_ALL,                                                     \
      PROMPT_VERSION_ROW " WHERE id > ? ORDER BY id")                          \
    X(PROMPT_VERSIONS_OF,                                                      \
      "SELECT count(*), max(id) FROM prompt_version WHERE prompt = ?")         \
    X(DELETE_PROMPT_VERSIONS, "DELETE FROM prompt_version WHERE prompt = ?")   \
    X(PUT_PROMPT_TAG,                                                          \
      "INSERT OR REPLACE INTO prompt_tag (" PROMPT_TAG_COLUMNS ")"             \
      " VALUES (?, ?, ?, ?, ?, ?, ?)")                                         \
    X(PROMPT_TAG_BY_NAME,                                                      \
      PROMPT_TAG_ROW " WHERE prompt = ? AND name = ?")                         \
    X(PROMPT_TAGS_DOWN,                                                        \
      PROMPT_TAG_ROW " WHERE prompt = ?1 AND ?2 IN (0, version)"               \
      " AND id <= ?3 ORDER BY id DESC")                                        \
    X(PROMPT_TAGS_ALL,                                                         \
      PROMPT_TAG_ROW " WHERE id > ? ORDER BY id")                              \
    X(PROMPT_TAGS_OF,                                                          \
      "SELECT count(*), max(id) FROM prompt_tag WHERE prompt = ?")             \
    X(DELETE_PROMPT_TAG, "DELETE FROM prompt_tag WHERE id = ?")                \
    X(DELETE_PROMPT_TAGS, "DELETE FROM prompt_tag WHERE prompt = ?")           \
    X(EXPERIMENT_EXAMPLES,                                                     \
      EXAMPLES_OF " AND (?5 = 0 OR EXISTS (SELECT 1 FROM experiment_example"   \
      " WHERE experiment = ?5 AND example = revision.example))"                \
      " ORDER BY revision.example")                                            \
    X(EXPERIMENT_NUMBERS,                                                      \
      "SELECT"                                                                 \
      " max(ifnull((SELECT seq FROM sqlite_sequence"                           \
      " WHERE name = 'experiment'), 0),"                                       \
      " (SELECT ifnull(max(id), 0) FROM experiment)),"                         \
      " max(ifnull((SELECT seq FROM sqlite_sequence"                           \
      " WHERE name = 'experiment_run'), 0),"                                   \
      " (SELECT ifnull(max(id), 0) FROM experiment_run)),"                     \
      " max(ifnull((SELECT seq FROM sqlite_sequence"                           \
      " WHERE name = 'evaluation'), 0),"                                       \
      " (SELECT ifnull(max(id), 0) FROM evaluation)),"                         \
      " max(ifnull((SELECT seq FROM sqlite_sequence"                           \
      " WHERE name = 'experiment_tag'), 0),"                                   \
      " (SELECT ifnull(max(id), 0) FROM experiment_tag)),"                     \
      " (SELECT ifnull(max(id), 0) FROM experiment_example)")                  \
    X(PUT_EXPERIMENT,                                                          \
      "INSERT OR REPLACE INTO experiment (id, dataset, version, repetitions,"  \
      " examples, chosen, runs, failed, evaluations, created, updated, sum,"   \
      " name, description, project, metadata, parameters, evaluators)"         \
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")        \
    X(COUNT_EXPERIMENT,                                                        \
      "UPDATE experiment SET runs = ?2, failed = ?3, evaluations = ?4,"        \
      " sum = ?5 WHERE id = ?1")                                               \
    X(EXPERIMENT_BY_ID,                                                        \
      EXPERIMENT_ROW " WHERE id = ?")                                          \
    X(EXPERIMENT_OF_DATASET,                                                   \
      "SELECT id FROM experiment WHERE dataset = ? LIMIT 1")                   \
    X(EXPERIMENTS_DOWN,                                                        \
      EXPERIMENT_ROW " WHERE (?1 = 0 OR dataset = ?1) AND id <= ?2"            \
      " ORDER BY id DESC")                                                     \
    X(EXPERIMENTS_ALL,                                                         \
      EXPERIMENT_ROW " WHERE id > ? ORDER BY id")                              \
    X(EXPERIMENT_HAS,                                                          \
      "SELECT 1 FROM revision WHERE dataset = ?1 AND example = ?2"             \
      " AND version <= ?3 AND until > ?3 AND (?4 = 0 OR EXISTS"                \
      " (SELECT 1 FROM experiment_example WHERE experiment = ?4"               \
      " AND example = ?2)) LIMIT 1")                                           \
    X(DELETE_EXPERIMENT, "DELETE FROM experiment WHERE id = ?")                \
    X(INSERT_EXPERIMENT_EXAMPLE,                                               \
      "INSERT OR IGNORE INTO experiment_example (id, experiment, example,"     \
      " sum) VALUES (?, ?, ?, ?)")                                             \
    X(EXAMPLES_OF_SPLIT,                                                       \
      "SELECT example FROM member WHERE dataset = ?1 AND split = ?2"           \
      " AND until = " LIVING " AND EXISTS (SELECT 1 FROM revision"             \
      " WHERE revision.dataset = ?1 AND revision.example = member.example"     \
      " AND revision.version <= ?3 AND revision.until > ?3) ORDER BY example") \
    X(EXPERIMENT_EXAMPLES_ALL,                                                 \
      "SELECT id, experiment, example, sum FROM experiment_example"            \
      " WHERE id > ? ORDER BY id")                                             \
    X(DELETE_EXPERIMENT_EXAMPLES,                                              \
      "DELETE FROM experiment_example WHERE experiment = ?")                   \
    X(PUT_EXPERIMENT_RUN,                                                      \
      "INSERT OR REPLACE INTO experiment_run (id, experiment, example,"        \
      " repetition, start, \"end\", sum, output, error, trace_id)"             \
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                                \
    X(EXPERIMENT_RUN_BY_KEY,                                                   \
      "SELECT id, error IS NOT NULL FROM experiment_run WHERE experiment = ?"  \
      " AND example = ? AND repetition = ?")                                   \
    X(EXPERIMENT_RUN_BY_ID,                                                    \
      EXPERIMENT_RUN_ROW " WHERE id = ?")                                      \
    X(EXPERIMENT_RUNS_DOWN,                                                    \
      EXPERIMENT_RUN_ROW " WHERE experiment = ?1 AND id <= ?2"                 \
      " ORDER BY id DESC")                                                     \
    X(EXPERIMENT_RUNS_UP,                                                      \
      EXPERIMENT_RUN_ROW " WHERE experiment = ?1 AND id >= ?2 ORDER BY id")    \
    X(EXPERIMENT_RUNS_BY_EXAMPLE,                                              \
      EXPERIMENT_RUN_ROW " WHERE experiment = ?1 AND (example, repetition) >"  \
      " (?2, ?3) ORDER BY example, repetition")                                \
    X(EXPERIMENT_RUNS_ALL,                                                     \
      EXPERIMENT_RUN_ROW " WHERE id > ? ORDER BY id")                          \
    X(RUNS_DONE,                                                               \
      "SELECT repetition FROM experiment_run WHERE experiment = ?"             \
      " AND example = ? AND error IS NULL ORDER BY repetition")                \
    X(RUNS_OF_EXPERIMENT,                                                      \
      "SELECT count(*), count(error) FROM experiment_run WHERE experiment = ?")\
    X(DELETE_EXPERIMENT_RUNS,                                                  \
      "DELETE FROM experiment_run WHERE experiment = ?")                       \
    X(PUT_EVALUATION,                                                          \
      "INSERT OR REPLACE INTO evaluation (id, run, annotator, start, \"end\","  \
      " sum, score, name, label, explanation, error, trace_id, metadata)"      \
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")                       \
    X(EVALUATION_BY_KEY,                                                       \
      "SELECT id, error IS NOT NULL FROM evaluation WHERE run = ?"             \
      " AND name = ?")                                                         \
    X(EVALUATIONS_OF_RUN,                                                      \
      EVALUATION_ROW " WHERE run = ? ORDER BY id")                             \
    X(EVALUATIONS_ALL,                                                         \
      EVALUATION_ROW " WHERE id > ? ORDER BY id")                              \
    X(EVALUATIONS_OF_EXPERIMENT,                                               \
      "SELECT count(*) FROM evaluation WHERE run IN"                           \
      " (SELECT id FROM experiment_run WHERE experiment = ?)")                 \
    X(DELETE_EVALUATIONS,                                                      \
      "DELETE FROM evaluation WHERE run IN"                                    \
      " (SELECT id FROM experiment_run WHERE experiment = ?)")                 \
    X(PUT_EXPERIMENT_TAG,                                                      \
      "INSERT OR REPLACE INTO experiment_tag (id, dataset, experiment, sum,"   \
      " name, description) VALUES (?, ?, ?, ?, ?, ?)")                         \
    X(EXPERIMENT_TAG_BY_KEY,                                                   \
      "SELECT id FROM experiment_tag WHERE dataset = ? AND name = ?")          \
    X(EXPERIMENT_TAGS,                                                         \
      EXPERIMENT_TAG_ROW " WHERE (?1 = 0 OR dataset = ?1)"                     \
      " AND (?2 = 0 OR experiment = ?2) ORDER BY name, id")                    \
    X(EXPERIMENT_TAGS_ALL,                                                     \
      EXPERIMENT_TAG_ROW " WHERE id > ? ORDER BY id")                          \
    X(DELETE_EXPERIMENT_TAG,                                                   \
      "DELETE FROM experiment_tag WHERE experiment = ? AND name = ?")          \
    X(DELETE_EXPERIMENT_TAGS,                                                  \
      "DELETE FROM experiment_tag WHERE experiment = ?")                       \
    X(STAT,                                                                    \
      "SELECT (SELECT ifnull(sum(n), 0) FROM block)"                           \
      " - (SELECT ifnull(sum(n), 0) FROM outgrown),"                           \
      " (SELECT count(*) FROM block),"                                         \
      " (SELECT count(*) FROM block WHERE level < 2),"                         \
      " (SELECT count(*) FROM gone), (SELECT page_size FROM pragma_page_size),"\
      " (SELECT page_count FROM pragma_page_count),"                           \
      " (SELECT freelist_count FROM pragma_freelist_count)")                   \
    X(FREE_PAGES,                                                              \
      "SELECT (SELECT freelist_count FROM pragma_freelist_count),"             \
      " (SELECT page_count FROM pragma_page_count),"                           \
      " (SELECT page_size FROM pragma_page_size)")                                     \
    X(VACUUM, "PRAGMA incremental_vacuum(256)")
/* clang-format on */

enum sql {
#define X(id, text) SQL_##id,
    STATEMENTS(X)
#undef X
        SQL_COUNT
};

#endif
