// Writes the tables that the sandbox compiles in, from Kubernetes' own Go modules (Apache-2.0):
//
//	go_types.txt   the Go structs of every served kind: JSON name, how zero values are written, protobuf tag
//	go_internal_types.txt  the internal structs behind them, which validation errors print
//	openapi_v3.json.gz  the component schemas of all served group versions, without paths
//
// Usage: go run . OUTPUT_FOLDER MODULE_FOLDER_OF_K8S_IO_KUBERNETES
package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"

	crds "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"
	apiservices "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

func main() {
	out, module := os.Args[1], os.Args[2]
	served := servedVersions(module)
	types(out, served)
	internalTypes(out, served)
	openapi(out, module, served)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// The group versions that a server serves by default: those without alpha or beta.
func servedVersions(module string) map[string]bool {
	served := map[string]bool{}
	files, err := filepath.Glob(filepath.Join(module, "api/openapi-spec/v3/*__*_openapi.json"))
	check(err)
	for _, path := range files {
		gv := groupVersion(path)
		if !strings.Contains(gv, "alpha") && !strings.Contains(gv, "beta") {
			served[gv] = true
		}
	}
	return served
}

// ".../apis__apps__v1_openapi.json" is apps/v1.
func groupVersion(path string) string {
	name := strings.TrimSuffix(filepath.Base(path), "_openapi.json")
	return strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(name, "apis__"), "api__"), "__", "/")
}

type schemaKind = schema.GroupVersionKind

type table struct {
	w    *bufio.Writer
	seen map[reflect.Type]string
	todo []reflect.Type
}

func types(out string, served map[string]bool) {
	file, err := os.Create(filepath.Join(out, "go_types.txt"))
	check(err)
	t := &table{w: bufio.NewWriter(file), seen: map[reflect.Type]string{}}
	all := runtime.NewScheme()
	check(scheme.AddToScheme(all))
	check(crds.AddToScheme(all))
	check(apiservices.AddToScheme(all))
	known := all.AllKnownTypes()
	var kinds []schemaKind
	for gvk := range known {
		kinds = append(kinds, gvk)
	}
	sort.Slice(kinds, func(i, j int) bool { return kinds[i].String() < kinds[j].String() })
	for _, gvk := range kinds {
		gv := gvk.GroupVersion().String()
		if !served[gv] || strings.HasSuffix(gvk.Kind, "List") || strings.HasSuffix(gvk.Kind, "Options") && gvk.Kind != "DeleteOptions" || gvk.Kind == "WatchEvent" {
			continue
		}
		if gvk.Kind == "DeleteOptions" && gv != "v1" {
			continue
		}
		fmt.Fprintln(t.w, "K", gv, gvk.Kind, t.name(known[gvk]))
	}
	for i := 0; i < len(t.todo); i++ {
		t.write(t.todo[i])
	}
	check(t.w.Flush())
}

// apps/v1.DeploymentSpec, meta/v1.ObjectMeta
func (t *table) name(goType reflect.Type) string {
	if name, found := t.seen[goType]; found {
		return name
	}
	parts := strings.Split(goType.PkgPath(), "/")
	name := strings.Join(parts[len(parts)-2:], "/") + "." + goType.Name()
	t.seen[goType] = name
	t.todo = append(t.todo, goType)
	return name
}

func (t *table) write(goType reflect.Type) {
	fmt.Fprintf(t.w, "T %s %s\n", t.seen[goType], strings.ReplaceAll(goType.String(), " ", ""))
	t.fields(goType)
}

func (t *table) fields(goType reflect.Type) {
	for i := 0; i < goType.NumField(); i++ {
		f := goType.Field(i)
		tag, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if tag == "-" || f.PkgPath != "" {
			continue
		}
		number := "0"
		if p := strings.Split(f.Tag.Get("protobuf"), ","); len(p) > 1 {
			number = p[1]
		}
		if tag == "" && f.Anonymous {
			if f.Type.Name() == "TypeMeta" {
				fmt.Fprintln(t.w, "kind 0 oe s\napiVersion 0 oe s")
			} else {
				fmt.Fprintf(t.w, "& %s oe %s\n", number, t.expression(f.Type))
			}
			continue
		}
		flags := ""
		if strings.Contains(options, "omitempty") {
			flags += "e"
		}
		if strings.Contains(options, "omitzero") {
			flags += "z"
		}
		fmt.Fprintln(t.w, strings.TrimSpace(fmt.Sprint(tag, " ", number, " o", flags, " ", t.expression(f.Type), " ", ownName(f.Type))))
	}
}

// The name of a type as errors print it, where the expression does not tell: named strings, numbers, slices and maps.
func ownName(goType reflect.Type) string {
	if goType.Kind() == reflect.Pointer {
		goType = goType.Elem()
	}
	if goType.Kind() == reflect.Struct || goType.String() == plainName(goType) {
		return ""
	}
	return strings.ReplaceAll(goType.String(), " ", "")
}

func plainName(goType reflect.Type) string {
	switch goType.Kind() {
	case reflect.Slice:
		return "[]" + plainName(goType.Elem())
	case reflect.Map:
		return "map[string]" + plainName(goType.Elem())
	case reflect.Struct:
		return goType.String()
	}
	return goType.Kind().String()
}

// Leaf types that print themselves; the letters are explained in src/sandbox/kinds/go_types.hh.
var leaves = map[string]string{
	"resource.Quantity": "Q", "v1.Time": "t", "v1.MicroTime": "m", "v1.Duration": "d", "intstr.IntOrString": "o",
	"runtime.RawExtension": "r", "v1.FieldsV1": "F", "v1.JSON": "J", "v1.JSONSchemaPropsOrBool": "J",
	"v1.JSONSchemaPropsOrArray": "J", "v1.JSONSchemaPropsOrStringArray": "J", "resource.QuantityValue": "Q",
}

func (t *table) expression(goType reflect.Type) string {
	if leaf, found := leaves[goType.String()]; found {
		return leaf
	}
	switch goType.Kind() {
	case reflect.Pointer:
		return "*" + t.expression(goType.Elem())
	case reflect.Slice:
		if goType.Elem().Kind() == reflect.Uint8 {
			return "y"
		}
		return "[" + t.expression(goType.Elem())
	case reflect.Map:
		return "{" + t.expression(goType.Elem())
	case reflect.Struct:
		return t.name(goType)
	case reflect.String:
		return "s"
	case reflect.Bool:
		return "b"
	case reflect.Int32, reflect.Uint8:
		return "i"
	case reflect.Int64, reflect.Int, reflect.Uint32:
		return "l"
	case reflect.Float64, reflect.Float32:
		return "f"
	}
	panic("no letter for " + goType.String())
}

func openapi(out, module string, served map[string]bool) {
	schemas := map[string]any{}
	files, err := filepath.Glob(filepath.Join(module, "api/openapi-spec/v3/*_openapi.json"))
	check(err)
	sort.Strings(files)
	versions := map[string][]string{}
	for _, path := range files {
		gv := groupVersion(path)
		if !served[gv] {
			continue
		}
		text, err := os.ReadFile(path)
		check(err)
		var doc struct {
			Components struct{ Schemas map[string]any }
		}
		check(json.Unmarshal(text, &doc))
		for k, v := range doc.Components.Schemas {
			schemas[k] = v
			versions[gv] = append(versions[gv], k)
		}
		sort.Strings(versions[gv])
	}
	file, err := os.Create(filepath.Join(out, "openapi_v3.json.gz"))
	check(err)
	z, err := gzip.NewWriterLevel(file, 9)
	check(err)
	e := json.NewEncoder(z)
	e.SetEscapeHTML(false)
	check(e.Encode(map[string]any{"schemas": schemas, "versions": versions}))
	check(z.Close())
}
