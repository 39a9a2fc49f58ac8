package main

import (
	"context"
	"encoding/json"
	"os"
	"sync"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/diff"
	"github.com/argoproj/argo-cd/gitops-engine/pkg/health"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/argo/normalizers"
	openapi_v2 "github.com/google/gnostic-models/openapiv2"
	protobuf "google.golang.org/protobuf/proto"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/kube-openapi/pkg/util/proto"
)

type object = unstructured.Unstructured

// An object of a request; nil for one that is not there.
func objectOf(content map[string]any) *object {
	if content == nil {
		return nil
	}
	return &object{Object: content}
}

// Kubernetes' types for structured merges: the file ARGO_OPENAPI, in the form that API servers publish.
var parser = sync.OnceValues(func() (*managedfields.GvkParser, error) {
	text, err := os.ReadFile(os.Getenv("ARGO_OPENAPI"))
	if err != nil {
		return nil, err
	}
	document := &openapi_v2.Document{}
	if err := protobuf.Unmarshal(text, document); err != nil {
		return nil, err
	}
	models, err := proto.NewOpenAPIData(document)
	if err != nil {
		return nil, err
	}
	return managedfields.NewGVKParser(models, false)
})

type diffRequest struct {
	Original, Config, Live, DryRun map[string]any
	AggregatedRoles                bool
	StructuredMerge, ServerSide    bool
	KeepWebhook                    bool
}

type diffAnswer struct {
	Modified        bool
	Live, Predicted json.RawMessage
}

func shown(result *diff.DiffResult, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return diffAnswer{result.Modified, result.NormalizedLive, result.PredictedLive}, nil
}

func threeWay(request json.RawMessage) (any, error) {
	r, err := as[diffRequest](request)
	if err != nil {
		return nil, err
	}
	return shown(diff.ThreeWayDiff(objectOf(numbers(r.Original)), objectOf(numbers(r.Config)), objectOf(numbers(r.Live))))
}

type recordedDryRun struct{ answer map[string]any }

func (d recordedDryRun) Run(context.Context, *object, string) (string, error) {
	text, err := json.Marshal(d.answer)
	return string(text), err
}

func wholeDiff(request json.RawMessage) (any, error) {
	r, err := as[diffRequest](request)
	if err != nil {
		return nil, err
	}
	types, err := parser()
	if err != nil {
		return nil, err
	}
	return shown(diff.Diff(objectOf(numbers(r.Config)), objectOf(numbers(r.Live)), diff.IgnoreAggregatedRoles(r.AggregatedRoles),
		diff.WithStructuredMergeDiff(r.StructuredMerge), diff.WithGVKParser(types), diff.WithManager("argocd-controller"),
		diff.WithServerSideDiff(r.ServerSide), diff.WithIgnoreMutationWebhook(!r.KeepWebhook),
		diff.WithServerSideDryRunner(recordedDryRun{r.DryRun})))
}

// Whole numbers as int64, as Kubernetes reads JSON.
func numbers(content map[string]any) map[string]any {
	if content == nil {
		return nil
	}
	text, err := json.Marshal(content)
	if err != nil {
		panic(err)
	}
	var out object
	if err := out.UnmarshalJSON(text); err != nil {
		// Without a kind: as it is.
		return content
	}
	return out.Object
}

func ignore(request json.RawMessage) (any, error) {
	r, err := as[struct {
		Ignore []v1alpha1.ResourceIgnoreDifferences
		Object map[string]any
	}](request)
	if err != nil {
		return nil, err
	}
	normalizer, err := normalizers.NewIgnoreNormalizer(r.Ignore, nil, normalizers.IgnoreNormalizerOpts{})
	if err != nil {
		return nil, err
	}
	o := objectOf(numbers(r.Object))
	err = normalizer.Normalize(o)
	return o.Object, err
}

func knownTypes(request json.RawMessage) (any, error) {
	r, err := as[struct {
		Fields []v1alpha1.KnownTypeField
		Key    string
		Object map[string]any
	}](request)
	if err != nil {
		return nil, err
	}
	normalizer, err := normalizers.NewKnownTypesNormalizer(map[string]v1alpha1.ResourceOverride{r.Key: {KnownTypeFields: r.Fields}})
	if err != nil {
		return nil, err
	}
	o := objectOf(numbers(r.Object))
	err = normalizer.Normalize(o)
	return o.Object, err
}

func nativeHealth(request json.RawMessage) (any, error) {
	r, err := as[struct{ Object map[string]any }](request)
	if err != nil {
		return nil, err
	}
	return health.GetResourceHealth(objectOf(numbers(r.Object)), nil)
}
