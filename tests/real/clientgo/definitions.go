package main

import (
	"context"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const definedGroup = "clientgo.taut.dev"

var definitionResource = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

// define makes a kind with a defaulted field and a list by name; "ages" is of kind Age.
func define(ctx context.Context, w *World, plural string) error {
	singular := strings.TrimSuffix(plural, "s")
	kind := strings.ToUpper(singular[:1]) + singular[1:]
	item := map[string]any{"type": "object", "required": []any{"name"},
		"properties": map[string]any{"name": map[string]any{"type": "string"}, "value": map[string]any{"type": "string"}}}
	spec := map[string]any{"type": "object", "properties": map[string]any{
		"size":  map[string]any{"type": "integer", "default": int64(3), "minimum": int64(1)},
		"parts": map[string]any{"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": []any{"name"}, "items": item}}}
	version := map[string]any{"name": "v1", "served": true, "storage": true, "subresources": map[string]any{"status": map[string]any{}},
		"schema": map[string]any{"openAPIV3Schema": map[string]any{"type": "object", "properties": map[string]any{"spec": spec,
			"status": map[string]any{"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}}}
	definition := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
		"metadata": map[string]any{"name": plural + "." + definedGroup},
		"spec": map[string]any{"group": definedGroup, "scope": "Namespaced", "versions": []any{version},
			"names": map[string]any{"plural": plural, "singular": singular, "kind": kind, "listKind": kind + "List"}}}}
	_, err := w.Dynamic.Resource(definitionResource).Create(ctx, definition, metav1.CreateOptions{})
	if apierrors.IsAlreadyExists(err) {
		return nil
	}
	return err
}

func defined(kind, name string, spec map[string]any) *unstructured.Unstructured {
	object := map[string]any{"apiVersion": definedGroup + "/v1", "kind": kind, "metadata": map[string]any{"name": name}}
	if spec != nil {
		object["spec"] = spec
	}
	return &unstructured.Unstructured{Object: object}
}

func part(name, value string) map[string]any { return map[string]any{"name": name, "value": value} }

func definitions(ctx context.Context, w *World) error {
	if err := define(ctx, w, "gears"); err != nil {
		return err
	}
	gears := w.Dynamic.Resource(schema.GroupVersionResource{Group: definedGroup, Version: "v1", Resource: "gears"}).Namespace(w.Namespace)
	var made *unstructured.Unstructured
	err := eventually(ctx, "the kind is served", func() (ok bool) {
		var err error
		made, err = gears.Apply(ctx, "g", defined("Gear", "g", map[string]any{"parts": []any{part("a", "1")}}), metav1.ApplyOptions{FieldManager: "one"})
		return err == nil
	})
	if err != nil {
		return err
	}
	size, _, _ := unstructured.NestedInt64(made.Object, "spec", "size")
	if err := expect("the default", size, 3); err != nil {
		return err
	}
	made, err = gears.Apply(ctx, "g", defined("Gear", "g", map[string]any{"parts": []any{part("b", "2")}}), metav1.ApplyOptions{FieldManager: "two"})
	if err != nil {
		return err
	}
	parts, _, _ := unstructured.NestedSlice(made.Object, "spec", "parts")
	if err := expect("parts of both", len(parts), 2); err != nil {
		return err
	}
	_, err = gears.Create(ctx, defined("Gear", "bad", map[string]any{"size": int64(0)}), metav1.CreateOptions{})
	if err := expect("too small is invalid", apierrors.IsInvalid(err), true); err != nil {
		return err
	}
	unstructured.SetNestedField(made.Object, "turning", "status", "state")
	unstructured.SetNestedField(made.Object, int64(9), "spec", "size")
	made, err = gears.UpdateStatus(ctx, made, metav1.UpdateOptions{})
	if err != nil {
		return err
	}
	state, _, _ := unstructured.NestedString(made.Object, "status", "state")
	size, _, _ = unstructured.NestedInt64(made.Object, "spec", "size")
	return must(expect("state", state, "turning"), expect("size", size, 3))
}
