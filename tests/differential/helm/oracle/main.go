// What helm makes of snippets and command lines: one JSON document a line in, one a line out.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"log/slog"
	"os"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	"helm.sh/helm/v4/pkg/chart/loader/archive"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/cmd"
	"helm.sh/helm/v4/pkg/engine"
)

// A snippet is templates/t.txt of a chart, with the values of its values.yaml; a command line starts with the command.
type request struct {
	Template  string   `json:"template"`
	Values    string   `json:"values"`
	Arguments []string `json:"arguments"`
}

func snippet(r request) (out string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	chart, err := loader.LoadFiles([]*archive.BufferedFile{
		{Name: "Chart.yaml", Data: []byte("apiVersion: v2\nname: c\nversion: 1.0.0\n")},
		{Name: "files/a.txt", Data: []byte("a\nb\n")},
		{Name: "files/b.json", Data: []byte("{\"k\": [1, 2.5]}")},
		{Name: "templates/t.txt", Data: []byte(r.Template)},
		{Name: "values.yaml", Data: []byte(r.Values)},
	})
	if err != nil {
		return "", err
	}
	options := common.ReleaseOptions{Name: "rel", Namespace: "ns", Revision: 1, IsInstall: true}
	values, err := util.ToRenderValues(chart, nil, options, nil)
	if err != nil {
		return "", err
	}
	files, err := engine.Render(chart, values)
	return files["c/templates/t.txt"], err
}

func command(r request) (string, error) {
	var out bytes.Buffer
	root, err := cmd.NewRootCmd(&out, r.Arguments, func(bool) {})
	if err != nil {
		return "", err
	}
	root.SetOut(&out)
	root.SetErr(io.Discard)
	root.SetArgs(r.Arguments)
	err = root.Execute()
	return out.String(), err
}

func main() {
	log.SetOutput(io.Discard)
	slog.SetDefault(slog.New(slog.DiscardHandler))
	decoder := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20))
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	for decoder.More() {
		var r request
		if err := decoder.Decode(&r); err != nil {
			panic(err)
		}
		run := snippet
		if len(r.Arguments) > 0 {
			run = command
		}
		out, err := run(r)
		failure := ""
		if err != nil {
			failure = err.Error()
		}
		// Bytes that are no text are shown by a mark.
		encoder.Encode(map[string]string{"out": strings.ToValidUTF8(out, "?"), "error": strings.ToValidUTF8(failure, "?")})
	}
}
