// What Go's text/template makes of templates: one JSON document a line in, one a line out.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"text/template"
)

type request struct {
	Template string `json:"template"`
	Missing  string `json:"missing"`
	Data     any    `json:"data"`
}

// Values that have other types than JSON gives; driver.cc has the same.
var functions = template.FuncMap{
	"strs":  func(items ...string) []string { return items },
	"ints":  func(items ...int) []int { return items },
	"list":  func(items ...any) []any { return items },
	"bytes": func(text string) []byte { return []byte(text) },
	"i64":   func(n int64) int64 { return n },
	"u8":    func(n int) uint8 { return uint8(n) },
	"smap":  func(key, value string) map[string]string { return map[string]string{key: value} },
	"none":  func() any { return nil },
	"take":  func(text string, number int, rest ...bool) string { return text },
	"takem": func(values map[string]any) int { return len(values) },
	"takel": func(values []any) int { return len(values) },
	"takef": func(number float64) float64 { return number },
}

func run(r request) (string, string) {
	t, err := template.New("t").Option("missingkey=" + r.Missing).Funcs(functions).Parse(r.Template)
	if err != nil {
		return "", err.Error()
	}
	var out strings.Builder
	if err := t.Execute(&out, r.Data); err != nil {
		return "", err.Error()
	}
	return out.String(), ""
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	decoder := json.NewDecoder(in)
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	for decoder.More() {
		var r request
		if err := decoder.Decode(&r); err != nil {
			panic(err)
		}
		out, failure := run(r)
		// Bytes that are no text are shown by their numbers.
		encoder.Encode(map[string]string{"out": strings.ToValidUTF8(out, "?"), "error": strings.ToValidUTF8(failure, "?")})
	}
}
