#!/bin/sh
# Starts phoenix-server on an embedded store of its own, sends it what real
# instrumentation libraries sent, and shows what was stored. On a terminal the
# server then stays until Enter; without one it ends by itself.
#
#     tools/demo.sh BUILD
set -u
build=$1
cd "$(dirname "$0")/.." || exit 1
golden=tests/golden
folder=$(mktemp -d) || exit 1
store=$folder/phoenix.db
server=

clean() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null
        wait "$server" 2>/dev/null
        server=
    fi
    rm -rf "$folder"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

stop() {
    echo "demo: $1" >&2
    [ -s "$folder/log" ] && tail -n 20 "$folder/log" >&2
    exit 1
}

# Whether something on this machine listens on a TCP port.
listens() {
    cat /proc/net/tcp /proc/net/tcp6 2>/dev/null |
        grep -q "^ *[0-9]*: [0-9A-F]*:$(printf %04X "$1") [0-9A-F]*:0000 0A"
}

# The port asked for, or the first free one after it.
free_port() {
    port=$1
    while listens "$port"; do
        port=$((port + 1))
    done
    echo "$port"
}

http=$(free_port 6006)
grpc=$(free_port 4317)
[ "$grpc" != "$http" ] || grpc=$(free_port $((grpc + 1)))

export PHOENIX_HOST=127.0.0.1
export PHOENIX_PORT="$http"
export PHOENIX_GRPC_PORT="$grpc"
export PHOENIX_WORKING_DIR="$folder"
export PHOENIX_SQL_DATABASE_URL="sqlite:///$store"
"$build/phoenix-server" serve >"$folder/log" 2>&1 &
server=$!
tries=0
until listens "$http" && listens "$grpc"; do
    kill -0 "$server" 2>/dev/null || stop "the server did not start"
    tries=$((tries + 1))
    [ "$tries" -le 100 ] || stop "the server does not listen"
    sleep 0.1
done
echo "$("$build/phoenix-server" --version) is up:" \
     "HTTP on $http, gRPC on $grpc"
echo

send() { # WORDS OPTION PORT FILE...
    printf '%-64s' "$1"
    option=$2
    port=$3
    shift 3
    "$build/load" send "$@" "$option" "$port" >"$folder/sent" 2>&1 || {
        cat "$folder/sent" >&2
        stop "sending failed"
    }
    echo "$# requests"
}
send "HTTP, protobuf: groq, a request for each span" \
     --http "$http" $golden/groq/*.pb
send "HTTP, protobuf: mcp, one trace out of two processes" \
     --http "$http" $golden/mcp/*.pb
send "HTTP, gzip: OpenTelemetry SDK for JavaScript" \
     --http "$http" $golden/js-sdk-proto-gzip/*.pb.gz
send "HTTP, JSON: the same SDK" \
     --http "$http" $golden/js-sdk-json/0*.json*
send "gRPC: anthropic" \
     --grpc "$grpc" $golden/anthropic/*.grpc*
send "gRPC, gzip: OpenTelemetry SDK for JavaScript" \
     --grpc "$grpc" $golden/js-sdk-grpc-gzip/*.grpc
send "gRPC, zstd: an OpenTelemetry Collector" \
     --grpc "$grpc" $golden/collector-grpc-zstd/*.grpc
send "HTTP, protobuf: openai-agents" \
     --http "$http" $golden/openai-agents/*.pb

echo
echo "What the store holds ($store):"
"$build/phoenix-server" stats || stop "stats failed"
echo
echo "The newest traces:"
"$build/examples/ingest_file" "sqlite:///$store" >"$folder/trees" ||
    stop "reading failed"
head -n 34 "$folder/trees"
grep -q 'Agent workflow' "$folder/trees" || stop "the spans are not there"
echo "..."

if [ -t 0 ] && [ -t 1 ]; then
    echo
    echo "The server is at http://127.0.0.1:$http (try /v1/projects)" \
         "and takes OTLP there and at 127.0.0.1:$grpc."
    printf 'Press Enter to stop it and forget what it stored. '
    read -r _
fi
kill "$server"
wait "$server"
status=$?
server=
[ "$status" -eq 0 ] || stop "the server ended with status $status"
