#!/bin/sh
# curl and a pipe: the answer as it comes, and an exit status that tells whether it is whole.
#
# The three lines:
#
#     curl -N https://api.openai.com/v1/chat/completions -H "Authorization: Bearer $OPENAI_API_KEY" \
#         -H 'Content-Type: application/json' -d '{"model": "…", "stream": true, "messages": […]}' |
#         ssewire text --usage
#
# Run it: sh examples/curl_pipe.sh. It needs no key; OPENAI_BASE_URL names a real server.
set -eu

if [ -z "${OPENAI_BASE_URL:-}" ]; then
    # A server of our own. It prints its address first.
    address=$(mktemp)
    ssewire replay --rate "${EXAMPLES_RATE:-60}" "$(dirname "$0")/recordings/tea.sse" \
        >"$address" 2>&1 &
    trap 'rm "$address"; kill $!' EXIT
    trap 'exit 130' INT TERM
    until grep -q ^http "$address"; do
        kill -0 $! 2>/dev/null || { cat "$address" >&2; exit 1; }
        sleep 0.05
    done
    OPENAI_BASE_URL=$(head -n 1 "$address")/v1
    OPENAI_API_KEY=none
fi

# -N, or curl holds back what it has. -s, or it draws its own progress into the text.
curl -sSN --noproxy 127.0.0.1 "$OPENAI_BASE_URL/chat/completions" \
    -H "Authorization: Bearer ${OPENAI_API_KEY:-none}" \
    -H 'Content-Type: application/json' \
    -d '{
        "model": "'"${OPENAI_MODEL:-gpt-5-mini}"'",
        "messages": [{"role": "user", "content": "Tell me of a tea house."}],
        "stream": true,
        "stream_options": {"include_usage": true}
    }' |
    ssewire text --usage
