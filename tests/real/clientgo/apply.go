package main

import (
	"context"
	"fmt"
	"sort"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	appsapply "k8s.io/client-go/applyconfigurations/apps/v1"
	coreapply "k8s.io/client-go/applyconfigurations/core/v1"
	metaapply "k8s.io/client-go/applyconfigurations/meta/v1"
)

var deploymentResource = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}

func appliedDeployment(name, namespace, image string, replicas int32) *appsapply.DeploymentApplyConfiguration {
	labels := map[string]string{"app": name}
	return appsapply.Deployment(name, namespace).WithSpec(appsapply.DeploymentSpec().WithReplicas(replicas).
		WithSelector(metaapply.LabelSelector().WithMatchLabels(labels)).
		WithTemplate(coreapply.PodTemplateSpec().WithLabels(labels).WithSpec(coreapply.PodSpec().
			WithContainers(coreapply.Container().WithName("main").WithImage(image)))))
}

// managers lists those who apply; controllers may write beside them.
func managers(object metav1.Object) string {
	var out []string
	for _, entry := range object.GetManagedFields() {
		if entry.Operation != metav1.ManagedFieldsOperationApply {
			continue
		}
		out = append(out, fmt.Sprintf("%s/%s", entry.Manager, entry.Operation))
	}
	sort.Strings(out)
	return strings.Join(out, " ")
}

func annotated(namespace, key, value string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{"apiVersion": "apps/v1", "kind": "Deployment",
		"metadata": map[string]any{"name": "web", "namespace": namespace, "annotations": map[string]any{key: value}}}}
}

func applies(ctx context.Context, w *World) error {
	typed := w.Client.AppsV1().Deployments(w.Namespace)
	if _, err := typed.Apply(ctx, appliedDeployment("web", w.Namespace, "app:1", 2), metav1.ApplyOptions{FieldManager: "typed"}); err != nil {
		return err
	}
	// The other manager adds what nobody owns.
	got, err := w.Dynamic.Resource(deploymentResource).Namespace(w.Namespace).Apply(ctx, "web",
		annotated(w.Namespace, "team", "blue"), metav1.ApplyOptions{FieldManager: "dynamic"})
	if err := must(err, expect("managers", managers(got), "dynamic/Apply typed/Apply")); err != nil {
		return err
	}
	// What a manager no longer applies goes; what is the other's stays.
	next := appliedDeployment("web", w.Namespace, "app:2", 2)
	next.Spec.Replicas = nil
	after, err := typed.Apply(ctx, next, metav1.ApplyOptions{FieldManager: "typed"})
	if err != nil {
		return err
	}
	extracted, err := appsapply.ExtractDeployment(after, "typed")
	return must(err, expect("the image", after.Spec.Template.Spec.Containers[0].Image, "app:2"),
		expect("replicas, by default", *after.Spec.Replicas, 1), expect("the annotation", after.Annotations["team"], "blue"),
		expect("extracted replicas", extracted.Spec.Replicas == nil, true))
}

func forcedApply(ctx context.Context, w *World) error {
	typed := w.Client.AppsV1().Deployments(w.Namespace)
	if _, err := typed.Apply(ctx, appliedDeployment("web", w.Namespace, "app:1", 2), metav1.ApplyOptions{FieldManager: "first"}); err != nil {
		return err
	}
	_, err := typed.Apply(ctx, appliedDeployment("web", w.Namespace, "app:9", 2), metav1.ApplyOptions{FieldManager: "second"})
	if !apierrors.IsConflict(err) {
		return fmt.Errorf("want a conflict, got %v", err)
	}
	causes := err.(*apierrors.StatusError).ErrStatus.Details.Causes
	if err := must(expect("causes", len(causes), 1),
		expect("the field", causes[0].Field, `.spec.template.spec.containers[name="main"].image`),
		expect("the type", causes[0].Type, "FieldManagerConflict")); err != nil {
		return err
	}
	after, err := typed.Apply(ctx, appliedDeployment("web", w.Namespace, "app:9", 2), metav1.ApplyOptions{FieldManager: "second", Force: true})
	if err := must(err, expect("the image", after.Spec.Template.Spec.Containers[0].Image, "app:9")); err != nil {
		return err
	}
	_, err = typed.Apply(ctx, appliedDeployment("web", w.Namespace, "app:1", 2), metav1.ApplyOptions{FieldManager: "first", DryRun: []string{"All"}})
	return expect("the first one conflicts now", apierrors.IsConflict(err), true)
}
