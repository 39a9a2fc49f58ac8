package main

import (
	"encoding/json"
	"time"

	_ "unsafe" // go:linkname

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/app/path"
	"github.com/argoproj/argo-cd/v3/util/glob"
	"github.com/argoproj/argo-cd/v3/util/rbac"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// What takes the time from outside is not public.
//
//go:linkname activeAt github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1.SyncWindow.active
func activeAt(w v1alpha1.SyncWindow, now time.Time) (bool, error)

//go:linkname canSyncAt github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1.(*SyncWindows).canSyncAtTime
func canSyncAt(w *v1alpha1.SyncWindows, manual bool, now time.Time) (bool, error)

func projectSource(request json.RawMessage) (any, error) {
	r, err := as[struct {
		Repos []string
		Repo  string
	}](request)
	project := v1alpha1.AppProject{Spec: v1alpha1.AppProjectSpec{SourceRepos: r.Repos}}
	return project.IsSourcePermitted(v1alpha1.ApplicationSource{RepoURL: r.Repo}), err
}

func projectDestination(request json.RawMessage) (any, error) {
	r, err := as[struct {
		Destinations            []v1alpha1.ApplicationDestination
		Server, Name, Namespace string
	}](request)
	if err != nil {
		return nil, err
	}
	project := v1alpha1.AppProject{Spec: v1alpha1.AppProjectSpec{Destinations: r.Destinations}}
	return project.IsDestinationPermitted(&v1alpha1.Cluster{Server: r.Server, Name: r.Name}, r.Namespace, nil)
}

func projectResource(request json.RawMessage) (any, error) {
	r, err := as[struct {
		Spec              v1alpha1.AppProjectSpec
		Group, Kind, Name string
		Namespaced        bool
	}](request)
	project := v1alpha1.AppProject{Spec: r.Spec}
	return project.IsGroupKindNamePermitted(schema.GroupKind{Group: r.Group, Kind: r.Kind}, r.Name, r.Namespaced), err
}

func projectAppNamespace(request json.RawMessage) (any, error) {
	r, err := as[struct {
		Namespaces            []string
		Namespace, Controller string
	}](request)
	project := v1alpha1.AppProject{Spec: v1alpha1.AppProjectSpec{SourceNamespaces: r.Namespaces}}
	application := &v1alpha1.Application{}
	application.Namespace = r.Namespace
	return project.IsAppNamespacePermitted(application, r.Controller), err
}

func projectValidate(request json.RawMessage) (any, error) {
	r, err := as[struct{ Project v1alpha1.AppProject }](request)
	if err != nil {
		return nil, err
	}
	return "", r.Project.ValidateProject()
}

func windowActive(request json.RawMessage) (any, error) {
	r, err := as[struct {
		Window v1alpha1.SyncWindow
		Now    time.Time
	}](request)
	if err != nil {
		return nil, err
	}
	if err := r.Window.Validate(); err != nil {
		return nil, err
	}
	return activeAt(r.Window, r.Now)
}

func windowsCanSync(request json.RawMessage) (any, error) {
	r, err := as[struct {
		Windows v1alpha1.SyncWindows
		Manual  bool
		Now     time.Time
	}](request)
	if err != nil {
		return nil, err
	}
	return canSyncAt(&r.Windows, r.Manual, r.Now)
}

func windowsMatch(request json.RawMessage) (any, error) {
	r, err := as[struct {
		Windows     v1alpha1.SyncWindows
		Application v1alpha1.Application
	}](request)
	if err != nil {
		return nil, err
	}
	found := r.Windows.Matches(&r.Application)
	places := []int{}
	if found == nil {
		return places, nil
	}
	for _, window := range *found {
		for i, given := range r.Windows {
			if window == given {
				places = append(places, i)
			}
		}
	}
	return places, nil
}

func rbacEnforce(request json.RawMessage) (any, error) {
	r, err := as[struct {
		Builtin, User, Runtime, Mode, DefaultRole string
		Requests                                  [][]string
	}](request)
	if err != nil {
		return nil, err
	}
	for _, policy := range []string{r.Builtin, r.User} {
		if err := rbac.ValidatePolicy(policy); err != nil {
			return nil, err
		}
	}
	enforcer := rbac.NewEnforcer(nil, "", "", nil)
	enforcer.SetDefaultRole(r.DefaultRole)
	enforcer.SetMatchMode(r.Mode)
	_ = enforcer.SetBuiltinPolicy(r.Builtin)
	_ = enforcer.SetUserPolicy(r.User)
	allowed := []bool{}
	for _, line := range r.Requests {
		values := []any{}
		for _, value := range line {
			values = append(values, value)
		}
		allowed = append(allowed, enforcer.EnforceRuntimePolicy("", r.Runtime, values...))
	}
	return allowed, nil
}

func rbacValidate(request json.RawMessage) (any, error) {
	r, err := as[struct{ Policy string }](request)
	if err != nil {
		return nil, err
	}
	return "", rbac.ValidatePolicy(r.Policy)
}

func globMatch(request json.RawMessage) (any, error) {
	r, err := as[struct{ Pattern, Text, Separators string }](request)
	return glob.Match(r.Pattern, r.Text, []rune(r.Separators)...), err
}

func refreshPaths(request json.RawMessage) (any, error) {
	r, err := as[struct {
		Application v1alpha1.Application
		Source      v1alpha1.ApplicationSource
		Changed     []string
	}](request)
	if err != nil {
		return nil, err
	}
	paths := path.GetSourceRefreshPaths(&r.Application, r.Source)
	return map[string]any{"paths": append([]string{}, paths...), "changed": path.AppFilesHaveChanged(paths, r.Changed)}, nil
}
