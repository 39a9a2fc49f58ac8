# Sourced by setup, build and clients: where things are, and which Go to use.
# shellcheck shell=bash

REAL_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REAL_BUILD=${TAUT_REAL_BUILD:-$(cd "$REAL_HOME/../.." && pwd)/build/real}
REAL_BIN=$REAL_BUILD/bin

say() { printf 'real: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# newest_of A B: succeeds if version A is at least B
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | tail -1)" = "$1" ]; }

# find_go prints the path of a Go that can build the modules here. From 1.21 on Go fetches the toolchain that a go.mod
# asks for from the module proxy by itself, so anything from there is good, unless GOTOOLCHAIN=local forbids it.
find_go() {
  local wanted go version
  wanted=$(sed -n 's/^go //p' "$REAL_HOME/k8s/go.mod")
  for go in "$(command -v go || true)" /usr/local/go/bin/go "$REAL_BUILD/go/go/bin/go"; do
    [ -x "$go" ] || continue
    version=$(cd / && "$go" env GOVERSION 2>/dev/null) || continue
    version=${version#go}
    if at_least "$version" "$wanted"; then echo "$go"; return 0; fi
    if at_least "$version" 1.21 && [ "$(cd / && "$go" env GOTOOLCHAIN)" != local ]; then echo "$go"; return 0; fi
  done
  return 1
}
