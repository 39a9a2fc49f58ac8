package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/controlplane"
)

// The internal structs, as Go's %v of a validation error prints them: the name each field is printed under, the field
// of the served version that it is made of, and its type where that differs.
type internals struct {
	w    *bufio.Writer
	t    *table
	seen map[reflect.Type]bool
	todo [][2]reflect.Type // internal, served
}

func internalTypes(out string, served map[string]bool) {
	file, err := os.Create(filepath.Join(out, "go_internal_types.txt"))
	check(err)
	all := legacyscheme.Scheme
	in := &internals{w: bufio.NewWriter(file), t: &table{seen: map[reflect.Type]string{}}, seen: map[reflect.Type]bool{}}
	var kinds []schemaKind
	for gvk := range all.AllKnownTypes() {
		if served[gvk.GroupVersion().String()] && !strings.HasSuffix(gvk.Kind, "List") && !strings.HasSuffix(gvk.Kind, "Options") && gvk.Kind != "WatchEvent" {
			kinds = append(kinds, gvk)
		}
	}
	sort.Slice(kinds, func(i, j int) bool { return kinds[i].String() < kinds[j].String() })
	for _, gvk := range kinds {
		// Of two served versions the one with all fields, which the internal type is like.
		if gvk.Group == "autoscaling" && gvk.Version == "v1" && gvk.Kind == "HorizontalPodAutoscaler" {
			continue
		}
		inner := gvk
		inner.Version = runtime.APIVersionInternal
		i, ok := all.AllKnownTypes()[inner]
		if !ok {
			continue
		}
		in.todo = append(in.todo, [2]reflect.Type{i, all.AllKnownTypes()[gvk]})
	}
	for i := 0; i < len(in.todo); i++ {
		in.write(in.todo[i][0], in.todo[i][1])
	}
	check(in.w.Flush())
}

func plain(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	return t
}

func (in *internals) write(internal, served reflect.Type) {
	if in.seen[internal] || internal == served {
		return
	}
	if internal.Kind() != reflect.Struct || leaves[internal.String()] != "" {
		return
	}
	in.seen[internal] = true
	fmt.Fprintf(in.w, "I %s\n", in.t.name(served))
	in.fields(internal, served, served)
}

func (in *internals) fields(internal, served, top reflect.Type) {
	for i := 0; i < internal.NumField(); i++ {
		f := internal.Field(i)
		if f.PkgPath != "" {
			continue
		}
		tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if tag == "-" {
			continue
		}
		if f.Anonymous && tag == "" {
			if f.Type.Name() == "TypeMeta" {
				continue
			}
			if f.Type.Name() == "ObjectMeta" {
				fmt.Fprintln(in.w, "& metadata", in.t.expression(f.Type))
				continue
			}
			from, ok := served.FieldByName(f.Name)
			if ok && from.Anonymous {
				in.todo = append(in.todo, [2]reflect.Type{f.Type, from.Type})
				in.fields(f.Type, from.Type, top)
			} else {
				in.fields(f.Type, served, top)
			}
			continue
		}
		from, ok := served.FieldByName(f.Name)
		json := "-"
		if ok {
			json, _, _ = strings.Cut(from.Tag.Get("json"), ",")
		} else if served.Name() == "PodSecurityContext" {
			// The served version has these one level up, in PodSpec.
			json = "^" + strings.ToLower(f.Name[:1]) + f.Name[1:]
		}
		name := f.Name
		if tag != "" {
			name = tag
		}
		if ok {
			in.todo = append(in.todo, [2]reflect.Type{plain(f.Type), plain(from.Type)})
			fmt.Fprintln(in.w, name, json, in.shape(f.Type, from.Type))
		} else {
			fmt.Fprintln(in.w, name, json, in.shape(f.Type, f.Type))
		}
	}
}

// The expression of the internal type, its structs named as those of the served one.
func (in *internals) shape(internal, served reflect.Type) string {
	if leaf, found := leaves[internal.String()]; found {
		return leaf
	}
	switch internal.Kind() {
	case reflect.Pointer:
		s := served
		if s.Kind() == reflect.Pointer {
			s = s.Elem()
		}
		return "*" + in.shape(internal.Elem(), s)
	case reflect.Slice, reflect.Map:
		if internal.Elem().Kind() == reflect.Uint8 {
			return "y"
		}
		s := served
		if s.Kind() == reflect.Slice || s.Kind() == reflect.Map {
			s = s.Elem()
		}
		if internal.Kind() == reflect.Slice {
			return "[" + in.shape(internal.Elem(), s)
		}
		return "{" + in.shape(internal.Elem(), s)
	case reflect.Struct:
		if served.Kind() == reflect.Pointer {
			served = served.Elem()
		}
		return in.t.name(served)
	}
	return in.t.expression(internal)
}
