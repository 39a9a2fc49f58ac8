package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/fluxcd/pkg/kustomize"
	securefs "github.com/fluxcd/pkg/kustomize/filesys"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/types"
)

// Puts the files into a new folder; one whose text begins with "-> " is a symbolic link.
func unpack(files map[string]string) (string, error) {
	root, err := os.MkdirTemp("", "flux")
	if err != nil {
		return "", err
	}
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return root, err
		}
		if target, ok := strings.CutPrefix(text, "-> "); ok {
			err = os.Symlink(target, path)
		} else {
			err = os.WriteFile(path, []byte(text), 0o644)
		}
		if err != nil {
			return root, err
		}
	}
	return root, nil
}

// As kustomize.Build, without its parsing Kubernetes' OpenAPI document anew for each build, which is nearly all of its time.
func secureBuild(root, folder string) (built resmap.ResMap, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("recovered from kustomize build panic: %v", p)
		}
	}()
	fs, err := securefs.MakeFsOnDiskSecure(root)
	if err != nil {
		return nil, err
	}
	options := &krusty.Options{LoadRestrictions: types.LoadRestrictionsNone, PluginConfig: types.DisabledPluginConfig()}
	return krusty.MakeKustomizer(options).Run(fs, folder)
}

// What kustomize-controller builds of `folder` in `files` for a Kustomization with `spec`.
func build(r request) (out string, err error) {
	root, err := unpack(r.Files)
	defer os.RemoveAll(root)
	if err != nil {
		return "", err
	}
	out, err = buildIn(root, r)
	if err != nil {
		err = fmt.Errorf("%s", strings.ReplaceAll(err.Error(), root, "$ROOT"))
	}
	return strings.ReplaceAll(out, root, "$ROOT"), err
}

func buildIn(root string, r request) (string, error) {
	object := unstructured.Unstructured{Object: map[string]any{"metadata": map[string]any{"name": "app", "namespace": "ns"}}}
	var spec map[string]any
	if err := json.Unmarshal(r.Spec, &spec); err != nil {
		return "", err
	}
	object.Object["spec"] = spec
	folder := filepath.Join(root, r.Folder)
	if _, err := kustomize.NewGenerator(root, object).WriteFile(folder); err != nil {
		return "", err
	}
	built, err := secureBuild(root, folder)
	if err != nil {
		return "", err
	}
	always, _, _ := unstructured.NestedString(object.Object, "spec", "postBuild", "substituteStrategy")
	for _, resource := range built.Resources() {
		options := []kustomize.SubstituteOption{kustomize.SubstituteWithDryRun(true), kustomize.SubstituteWithStrict(r.Strict),
			kustomize.SubstituteWithAlways(always == "Always")}
		if spec["postBuild"] == nil {
			break
		}
		replaced, err := kustomize.SubstituteVariables(context.Background(), nil, object, resource, options...)
		if err != nil {
			return "", fmt.Errorf("post build failed for '%s/%s': %w", resource.GetGvk(), resource.GetName(), err)
		}
		if replaced != nil {
			if _, err := built.Replace(replaced); err != nil {
				return "", err
			}
		}
	}
	text, err := built.AsYaml()
	// The label of kustomize's version, which no program but kustomize itself knows: "(devel)" is no value of a label.
	return strings.ReplaceAll(string(text), "managed-by: kustomize-(devel)", "managed-by: kustomize-v5.8.1"), err
}
