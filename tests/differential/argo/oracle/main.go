// What Argo CD's own libraries make of requests: one JSON document a line in, one a line out.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/sirupsen/logrus"
)

// The parts of Argo CD that are asked, by the request's "op"; what each answers is written as JSON.
var ops = map[string]func(request json.RawMessage) (any, error){
	"three_way":     threeWay,
	"diff":          wholeDiff,
	"ignore":        ignore,
	"known":         knownTypes,
	"source":        projectSource,
	"destination":   projectDestination,
	"resource":      projectResource,
	"app_namespace": projectAppNamespace,
	"validate":      projectValidate,
	"window":        windowActive,
	"windows":       windowsCanSync,
	"matches":       windowsMatch,
	"rbac":          rbacEnforce,
	"policy":        rbacValidate,
	"fill":          appsetFill,
	"render":        appsetRender,
	"generate":      appsetGenerate,
	"glob":          globMatch,
	"paths":         refreshPaths,
	"health":        nativeHealth,
	"lua":           luaHealth,
	"discover":      luaDiscover,
}

// The request as the type that its part of Argo CD takes.
func as[T any](request json.RawMessage) (T, error) {
	var out T
	err := json.Unmarshal(request, &out)
	return out, err
}

func answer(request json.RawMessage) (out string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	kind, err := as[struct{ Op string }](request)
	if err != nil {
		return "", err
	}
	op, known := ops[kind.Op]
	if !known {
		return "", fmt.Errorf("no op %q", kind.Op)
	}
	result, err := op(request)
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(result)
	return string(bytes.TrimSpace(text.Bytes())), err
}

func main() {
	logrus.SetOutput(io.Discard)
	decoder := json.NewDecoder(bufio.NewReaderSize(os.Stdin, 1<<20))
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	for decoder.More() {
		var request json.RawMessage
		if err := decoder.Decode(&request); err != nil {
			panic(err)
		}
		out, err := answer(request)
		record := map[string]string{"out": out, "error": ""}
		if err != nil {
			record["error"] = err.Error()
		}
		if err := encoder.Encode(record); err != nil {
			panic(err)
		}
	}
}
