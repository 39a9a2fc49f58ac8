// The oracle: what Go's yaml libraries make of files, in the way Kubernetes tools call them.
//
// Reads file names from standard input, one a line, and prints one JSON object a line: see record. ../driver.cc
// prints the same for taut.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	yamlv3 "go.yaml.in/yaml/v3"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

type reading struct {
	JSON  []string `json:"json"`
	Error string   `json:"error"`
}

type record struct {
	File string `json:"file"`
	// Each part of the file as kubectl splits it, read strictly.
	Kubernetes reading `json:"kubernetes"`
	// The first document, where the last of equal keys wins.
	First reading `json:"first"`
	// All documents of the stream as go-yaml v3 reads them.
	V3 reading `json:"v3"`
	// The parts that could be read, written as YAML.
	YAML []string `json:"yaml"`
}

func guard(out *reading, read func() error) {
	defer func() {
		if p := recover(); p != nil {
			out.Error = fmt.Sprintf("panic: %v", p)
		}
	}()
	if err := read(); err != nil {
		out.Error = err.Error()
	}
}

func kubernetes(text []byte, out *record) error {
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		part, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		value, err := yaml.YAMLToJSONStrict(part)
		if err != nil {
			return err
		}
		out.Kubernetes.JSON = append(out.Kubernetes.JSON, string(value))
		written, err := yaml.JSONToYAML(value)
		if err != nil {
			written = []byte("error: " + err.Error())
		}
		out.YAML = append(out.YAML, string(written))
	}
}

func v3(text []byte, out *reading) error {
	decoder := yamlv3.NewDecoder(bytes.NewReader(text))
	for {
		var node yamlv3.Node
		err := decoder.Decode(&node)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var value any
		if len(node.Content) == 1 && node.Content[0].Kind == yamlv3.MappingNode {
			fields := map[string]any{}
			if err := node.Decode(&fields); err != nil {
				return err
			}
			value = fields
		} else if err := node.Decode(&value); err != nil {
			return err
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			return err
		}
		out.JSON = append(out.JSON, string(encoded))
	}
}

func main() {
	names := bufio.NewScanner(os.Stdin)
	names.Buffer(nil, 1<<20)
	encoder := json.NewEncoder(os.Stdout)
	for names.Scan() {
		text, err := os.ReadFile(names.Text())
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		out := record{File: names.Text()}
		guard(&out.Kubernetes, func() error { return kubernetes(text, &out) })
		guard(&out.First, func() error {
			value, err := yaml.YAMLToJSON(text)
			if err == nil {
				out.First.JSON = []string{string(value)}
			}
			return err
		})
		guard(&out.V3, func() error { return v3(text, &out.V3) })
		if err := encoder.Encode(out); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
