/*
 * main.c - phoenix-server's command line.
 */
#include "base/base.h"
#include "server/commands.h"

static const char usage[] =
    "usage: phoenix-server COMMAND [ARGUMENT ...]\n"
    "\n"
    "  serve                 take in traces and answer queries\n"
    "      --host H            address to listen on (0.0.0.0)\n"
    "      --port N            HTTP port (6006); 0 picks a free one\n"
    "      --grpc-port N       gRPC port (4317); 0 picks a free one\n"
    "      --host-root-path P  prefix that paths may have, as /phoenix\n"
    "      --max-spans-queue-size N\n"
    "                          spans waiting for the disk (20000)\n"
    "      --default-retention-policy-days N\n"
    "                          of traces in a new store; 0 (default): kept\n"
    "      --max-disk SIZE     bytes, or as 10GiB; above it the oldest\n"
    "                          traces go; 0 (default): no bound\n"
    "      --logging-mode M    default (text) or structured (JSON)\n"
    "      --debug             log every request\n"
    "  import FILE ...       store recorded OTLP requests, or archives\n"
    "      --project NAME      of all spans\n"
    "  export                write spans as OTLP requests, or as columns\n"
    "      --format F          protobuf (one request), json (one a line);\n"
    "                          arrow, parquet, jsonl or csv\n"
    "      --project NAME      only of this project\n"
    "      --filter CONDITION  only what it holds for, see docs/filters.md\n"
    "      -o FILE             instead of standard output\n"
    "      --archive FILE      whole traces, as a store in one file\n"
    "  backup FILE           copy the store, also while it is served\n"
    "  verify                check every invariant of the store\n"
    "  stats [--json]        count what is in the store\n"
    "  sql STATEMENT         ask the store in SQL, see docs/sql.md\n"
    "      --format F          table, json or csv\n"
    "      --timeout S         stop after so many seconds (60); 0: never\n"
    "      --memory M          stop at so many MiB, about (1024)\n"
    "      --limit N           rows at most (1000 of a table); 0: all\n"
    "  lint FILE ...         say where recorded spans break the conventions\n"
    "      --format F          text or json (one finding a line)\n"
    "\n"
    "Where the store is, for all of them but lint:\n"
    "      --working-dir D     folder of phoenix.db (~/.phoenix)\n"
    "      --database-url U    sqlite:///PATH or sqlite:///:memory:\n"
    "\n"
    "PHOENIX_HOST, PHOENIX_PORT and so on say the same; flags win.\n"
    "Exit status: 0 done, 1 failed, 2 misused.\n";

static const struct {
    const char *word;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"serve", command_serve},   {"import", command_import},
    {"export", command_export}, {"backup", command_backup},
    {"verify", command_verify}, {"stats", command_stats},
    {"sql", command_sql},       {"lint", command_lint},
};

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";

    memory_keep();
    if (strcmp(word, "--version") == 0) {
        printf("phoenix-server %s (answers as Phoenix 20.3.0)\n",
               phx_version_text());
        return EXIT_DONE;
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        fputs(usage, stdout);
        return EXIT_DONE;
    }
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--help") == 0) {
            fputs(usage, stdout);
            return EXIT_DONE;
        }
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (strcmp(word, commands[i].word) == 0)
            return commands[i].run(argc - 2, argv + 2);
    }
    if (word[0] == '\0')
        fputs(usage, stderr);
    else
        fprintf(stderr, "phoenix-server: unknown command '%s', see --help\n",
                word);
    return EXIT_USAGE;
}
