// What Flux's own libraries make of made-up input: one JSON document a line in, one a line out.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/Masterminds/semver/v3"
	"github.com/fluxcd/pkg/envsubst"
)

// The fields that `what` needs; each is told beside the function that reads it.
type request struct {
	What    string            `json:"what"`
	Text    string            `json:"text"`
	Vars    map[string]string `json:"vars"`
	Strict  bool              `json:"strict"`
	Range   string            `json:"range"`
	Version string            `json:"version"`
	Files   map[string]string `json:"files"`
	Folder  string            `json:"folder"`
	Ignore  string            `json:"ignore"`
	Object  json.RawMessage   `json:"object"`
	Spec    json.RawMessage   `json:"spec"`
	Objects []json.RawMessage `json:"objects"`
}

// The text with its variables replaced.
func substitute(r request) (string, error) {
	return envsubst.Eval(r.Text, func(name string) (string, bool) {
		value, known := r.Vars[name]
		return value, known || !r.Strict
	})
}

// Whether the range holds the version, as the tags of a GitRepository and the versions of a chart are chosen.
func inRange(r request) (string, error) {
	constraint, err := semver.NewConstraint(r.Range)
	if err != nil {
		return "", err
	}
	version, err := semver.NewVersion(r.Version)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(constraint.Check(version)), nil
}

var kinds = map[string]func(request) (string, error){
	"envsubst": substitute,
	"semver":   inRange,
	"kstatus":  health,
	"build":    build,
	"ignore":   ignored,
	"values":   values,
}

// A crash of the library is an error of which only that it is one is compared.
func run(r request) (out string, err error) {
	defer func() {
		if p := recover(); p != nil {
			out, err = "", fmt.Errorf("panic: %v", p)
		}
	}()
	return kinds[r.What](r)
}

func main() {
	decoder := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20))
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	for decoder.More() {
		var r request
		if err := decoder.Decode(&r); err != nil {
			panic(err)
		}
		out, err := run(r)
		failure := ""
		if err != nil {
			out, failure = "", err.Error()
		}
		// Bytes that are no text are shown by a mark.
		encoder.Encode(map[string]string{"out": strings.ToValidUTF8(out, "?"), "error": strings.ToValidUTF8(failure, "?")})
	}
}
