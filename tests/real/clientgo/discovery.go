package main

import (
	"context"
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/restmapper"
)

func discoveryAndMapper(_ context.Context, w *World) error {
	version, err := w.Client.Discovery().ServerVersion()
	if err := must(err, expect("major version", version.Major, "1")); err != nil {
		return err
	}
	preferred, err := w.Client.Discovery().ServerPreferredResources()
	if err != nil {
		return err
	}
	resources, err := discovery.GroupVersionResources(discovery.FilteredBy(discovery.SupportsAllVerbs{Verbs: []string{"list", "watch"}}, preferred))
	if err != nil {
		return err
	}
	for _, wanted := range []schema.GroupVersionResource{{Version: "v1", Resource: "configmaps"}, deploymentResource,
		{Group: "autoscaling", Version: "v2", Resource: "horizontalpodautoscalers"}, {Group: "batch", Version: "v1", Resource: "cronjobs"}} {
		if _, ok := resources[wanted]; !ok {
			return fmt.Errorf("%v is not among the preferred resources", wanted)
		}
	}
	cached := memory.NewMemCacheClient(w.Client.Discovery())
	mapper := restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapper(cached), cached, nil)
	mapping, err := mapper.RESTMapping(schema.GroupKind{Group: "apps", Kind: "Deployment"})
	if err := must(err, expect("resource", mapping.Resource, deploymentResource), expect("scope", mapping.Scope.Name(), meta.RESTScopeNameNamespace)); err != nil {
		return err
	}
	cluster, err := mapper.RESTMapping(schema.GroupKind{Group: "rbac.authorization.k8s.io", Kind: "ClusterRole"})
	if err := must(err, expect("scope", cluster.Scope.Name(), meta.RESTScopeNameRoot)); err != nil {
		return err
	}
	for short, kind := range map[string]string{"deploy": "Deployment", "cm": "ConfigMap", "sts": "StatefulSet", "netpol": "NetworkPolicy"} {
		found, err := mapper.KindFor(schema.GroupVersionResource{Resource: short})
		if err := must(err, expect("kind of "+short, found.Kind, kind)); err != nil {
			return err
		}
	}
	_, err = mapper.RESTMapping(schema.GroupKind{Group: "nobody.example", Kind: "Nothing"})
	return expect("an unknown kind has no match", meta.IsNoMatchError(err), true)
}

func openAPI(_ context.Context, w *World) error {
	paths, err := w.Client.Discovery().OpenAPIV3().Paths()
	if err != nil {
		return err
	}
	for path, name := range map[string]string{"api/v1": "io.k8s.api.core.v1.ConfigMap", "apis/apps/v1": "io.k8s.api.apps.v1.Deployment"} {
		document, ok := paths[path]
		if !ok {
			return fmt.Errorf("no document of %s", path)
		}
		text, err := document.Schema("application/json")
		if err != nil {
			return err
		}
		var parsed struct {
			Components struct{ Schemas map[string]any }
		}
		if err := json.Unmarshal(text, &parsed); err != nil {
			return err
		}
		if _, ok := parsed.Components.Schemas[name]; !ok {
			return fmt.Errorf("%s does not describe %s", path, name)
		}
	}
	return nil
}
