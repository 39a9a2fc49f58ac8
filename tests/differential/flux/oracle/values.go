package main

import (
	"context"
	"encoding/json"

	"github.com/fluxcd/pkg/apis/meta"
	"github.com/fluxcd/pkg/chartutil"
	"github.com/go-logr/logr"
	"github.com/opencontainers/go-digest"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// A cluster of ConfigMaps and Secrets, by "ConfigMap/name".
type objects struct {
	client.Client
	known map[string]json.RawMessage
}

func (o objects) Get(_ context.Context, key client.ObjectKey, out client.Object, _ ...client.GetOption) error {
	kind, resource := "ConfigMap", "configmaps"
	if _, ok := out.(*corev1.Secret); ok {
		kind, resource = "Secret", "secrets"
	}
	text, ok := o.known[kind+"/"+key.Name]
	if !ok {
		return apierrors.NewNotFound(schema.GroupResource{Resource: resource}, key.Name)
	}
	return json.Unmarshal(text, out)
}

// The values of a HelmRelease with `spec`, and their digest.
func values(r request) (string, error) {
	var spec struct {
		Values     map[string]any         `json:"values"`
		ValuesFrom []meta.ValuesReference `json:"valuesFrom"`
	}
	if err := json.Unmarshal(r.Spec, &spec); err != nil {
		return "", err
	}
	cluster := objects{known: map[string]json.RawMessage{}}
	for _, text := range r.Objects {
		var object struct {
			Kind     string `json:"kind"`
			Metadata struct {
				Name string `json:"name"`
			} `json:"metadata"`
		}
		if err := json.Unmarshal(text, &object); err != nil {
			return "", err
		}
		cluster.known[object.Kind+"/"+object.Metadata.Name] = text
	}
	found, err := chartutil.ChartValuesFromReferences(context.Background(), logr.Discard(), cluster, "ns", spec.Values, spec.ValuesFrom...)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(found)
	return string(text) + " " + chartutil.DigestValues(digest.Canonical, found).String(), err
}
