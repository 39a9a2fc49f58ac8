package main

import (
	"context"
	"fmt"
	"strconv"
	"sync"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/pager"
	"k8s.io/client-go/util/retry"
)

func paging(ctx context.Context, w *World) error {
	maps := w.Client.CoreV1().ConfigMaps(w.Namespace)
	for i := range 120 {
		if _, err := maps.Create(ctx, labelled(configMap(numbered("p", i)), "page", "yes"), metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	first, err := maps.List(ctx, metav1.ListOptions{Limit: 50, LabelSelector: "page=yes"})
	if err := must(err, expect("the first page", len(first.Items), 50)); err != nil {
		return err
	}
	seen := 0
	pages := pager.New(func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) { return maps.List(ctx, o) })
	pages.PageSize = 50
	err = pages.EachListItem(ctx, metav1.ListOptions{LabelSelector: "page=yes"}, func(object runtime.Object) error {
		name := object.(*corev1.ConfigMap).Name
		if name != numbered("p", seen) {
			return fmt.Errorf("%s comes at %d", name, seen)
		}
		seen++
		return nil
	})
	return must(err, expect("objects", seen, 120))
}

func conflicts(ctx context.Context, w *World) error {
	maps := w.Client.CoreV1().ConfigMaps(w.Namespace)
	if _, err := maps.Create(ctx, configMap("counter", "n", "0"), metav1.CreateOptions{}); err != nil {
		return err
	}
	backoff := retry.DefaultBackoff
	backoff.Steps = 200
	var wait sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wait.Add(1)
		go func() {
			defer wait.Done()
			for range 5 {
				errs[i] = must(errs[i], retry.RetryOnConflict(backoff, func() error {
					held, err := maps.Get(ctx, "counter", metav1.GetOptions{})
					if err != nil {
						return err
					}
					n, _ := strconv.Atoi(held.Data["n"])
					held.Data["n"] = strconv.Itoa(n + 1)
					_, err = maps.Update(ctx, held, metav1.UpdateOptions{})
					return err
				}))
			}
		}()
	}
	wait.Wait()
	held, err := maps.Get(ctx, "counter", metav1.GetOptions{})
	return must(append(errs, err, expect("the counter", held.Data["n"], "40"))...)
}

func subresources(ctx context.Context, w *World) error {
	deployments := w.Client.AppsV1().Deployments(w.Namespace)
	made, err := deployments.Create(ctx, deployment("web", 1), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	generation := made.Generation
	updated := made
	err = retry.RetryOnConflict(retry.DefaultRetry, func() error {
		held, err := deployments.Get(ctx, "web", metav1.GetOptions{})
		if err != nil {
			return err
		}
		held.Status.ObservedGeneration = generation
		held.Spec.Paused = true // not for UpdateStatus to write
		updated, err = deployments.UpdateStatus(ctx, held, metav1.UpdateOptions{})
		return err
	})
	if err := must(err, expect("observed", updated.Status.ObservedGeneration, generation), expect("paused", updated.Spec.Paused, false),
		expect("generation", updated.Generation, generation)); err != nil {
		return err
	}
	scale, err := deployments.GetScale(ctx, "web", metav1.GetOptions{})
	if err != nil {
		return err
	}
	scale.Spec.Replicas = 4
	scale.ResourceVersion = "" // whatever controllers wrote meanwhile
	_, err = deployments.UpdateScale(ctx, "web", scale, metav1.UpdateOptions{})
	_, err2 := deployments.Patch(ctx, "web", types.StrategicMergePatchType,
		[]byte(`{"spec":{"template":{"spec":{"containers":[{"name":"main","env":[{"name":"B","value":"2"}]}]}}}}`), metav1.PatchOptions{})
	after, err3 := deployments.Get(ctx, "web", metav1.GetOptions{})
	return must(err, err2, err3, expect("replicas", *after.Spec.Replicas, 4), expect("env", len(after.Spec.Template.Spec.Containers[0].Env), 2))
}

func eviction(ctx context.Context, w *World) error {
	pods := w.Client.CoreV1().Pods(w.Namespace)
	if _, err := pods.Create(ctx, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p"}, Spec: podSpec("app:1")}, metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := pods.EvictV1(ctx, &policyv1.Eviction{ObjectMeta: metav1.ObjectMeta{Name: "p", Namespace: w.Namespace}}); err != nil {
		return err
	}
	return eventually(ctx, "the pod goes", func() bool {
		_, err := pods.Get(ctx, "p", metav1.GetOptions{})
		return apierrors.IsNotFound(err)
	})
}

func finalizers(ctx context.Context, w *World) error {
	maps := w.Client.CoreV1().ConfigMaps(w.Namespace)
	object := configMap("held")
	object.Finalizers = []string{"example.com/hold"}
	if _, err := maps.Create(ctx, object, metav1.CreateOptions{}); err != nil {
		return err
	}
	if err := maps.Delete(ctx, "held", metav1.DeleteOptions{}); err != nil {
		return err
	}
	held, err := maps.Get(ctx, "held", metav1.GetOptions{})
	if err := must(err, expect("it is being deleted", held.DeletionTimestamp != nil, true)); err != nil {
		return err
	}
	held.Finalizers = nil
	_, err = maps.Update(ctx, held, metav1.UpdateOptions{})
	_, gone := maps.Get(ctx, "held", metav1.GetOptions{})
	return must(err, expect("it is gone", apierrors.IsNotFound(gone), true))
}
