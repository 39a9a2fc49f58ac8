package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/argoproj/argo-cd/v3/applicationset/controllers/template"
	"github.com/argoproj/argo-cd/v3/applicationset/generators"
	"github.com/argoproj/argo-cd/v3/applicationset/utils"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/sirupsen/logrus"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func appsetFill(request json.RawMessage) (any, error) {
	r, err := as[struct {
		Text       string
		Parameters map[string]any
		Go         bool
		Options    []string
	}](request)
	if err != nil {
		return nil, err
	}
	return (&utils.Render{}).Replace(r.Text, r.Parameters, r.Go, r.Options)
}

// A repository that is a list of files, and a cluster with Secrets and one project.
type world struct {
	client.Client
	Files   map[string]string
	Folders []string
	Secrets []corev1.Secret
	// What each pattern names: `git ls-files` is no part of what is compared.
	Globs map[string][]string
}

func (w world) GetFiles(_ context.Context, _, _, _, pattern string, _ bool, _ *v1alpha1.SourceIntegrity) (map[string][]byte, error) {
	out := map[string][]byte{}
	for _, name := range w.Globs[pattern] {
		out[name] = []byte(w.Files[name])
	}
	return out, nil
}

func (w world) GetDirectories(context.Context, string, string, string, bool, *v1alpha1.SourceIntegrity) ([]string, error) {
	return w.Folders, nil
}

func (w world) Get(_ context.Context, key client.ObjectKey, _ client.Object, _ ...client.GetOption) error {
	if key.Name == "missing" {
		return fmt.Errorf("appprojects.argoproj.io %q not found", key.Name)
	}
	return nil
}

func (w world) List(_ context.Context, into client.ObjectList, options ...client.ListOption) error {
	var o client.ListOptions
	o.ApplyOptions(options)
	list := into.(*corev1.SecretList)
	for _, secret := range w.Secrets {
		if o.LabelSelector == nil || o.LabelSelector.Matches(labels.Set(secret.Labels)) {
			list.Items = append(list.Items, secret)
		}
	}
	return nil
}

type appsetRequest struct {
	world
	Set v1alpha1.ApplicationSet
}

func (r appsetRequest) generators() map[string]generators.Generator {
	simple := map[string]generators.Generator{
		"List":     generators.NewListGenerator(),
		"Clusters": generators.NewClusterGenerator(r.world, "argocd"),
		"Git":      generators.NewGitGenerator(r.world, "argocd"),
	}
	with := func(into map[string]generators.Generator, under map[string]generators.Generator) map[string]generators.Generator {
		out := map[string]generators.Generator{"Matrix": generators.NewMatrixGenerator(under), "Merge": generators.NewMergeGenerator(under)}
		for name, generator := range into {
			out[name] = generator
		}
		return out
	}
	return with(simple, with(simple, simple))
}

// The parameter sets of each generator, before any template.
func appsetGenerate(request json.RawMessage) (any, error) {
	r, err := as[appsetRequest](request)
	if err != nil {
		return nil, err
	}
	out := [][]map[string]any{}
	for _, generator := range r.Set.Spec.Generators {
		results, err := generators.Transform(generator, r.generators(), r.Set.Spec.Template, &r.Set, map[string]any{}, r.world)
		if err != nil {
			return nil, err
		}
		for _, result := range results {
			sets := []map[string]any{}
			for _, set := range result.Params {
				if set == nil {
					set = map[string]any{}
				}
				sets = append(sets, set)
			}
			out = append(out, sets)
		}
	}
	return out, nil
}

// The Applications of a whole set.
func appsetRender(request json.RawMessage) (any, error) {
	r, err := as[appsetRequest](request)
	if err != nil {
		return nil, err
	}
	applications, _, err := template.GenerateApplications(logrus.NewEntry(logrus.StandardLogger()), r.Set, r.generators(), &utils.Render{}, r.world)
	if err != nil {
		return nil, err
	}
	return append([]v1alpha1.Application{}, applications...), nil
}
