package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/metadata/metadatainformer"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"
	"k8s.io/client-go/util/retry"
)

// A journal keeps what a handler was told, one word and name each.
type journal struct {
	mutex sync.Mutex
	lines []string
}

func (j *journal) note(word string, object any) {
	if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = gone.Obj
	}
	accessor, err := meta.Accessor(object)
	if err != nil {
		return
	}
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.lines = append(j.lines, word+" "+accessor.GetName())
}

func (j *journal) count(line string) int {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	n := 0
	for _, l := range j.lines {
		if l == line {
			n++
		}
	}
	return n
}

// changed tells a change from a resync, as controllers do.
func changed(before, after any) bool {
	a, _ := meta.Accessor(before)
	b, _ := meta.Accessor(after)
	return a.GetResourceVersion() != b.GetResourceVersion()
}

func (j *journal) handler() cache.ResourceEventHandler {
	return cache.ResourceEventHandlerFuncs{
		AddFunc: func(object any) { j.note("add", object) },
		UpdateFunc: func(before, after any) {
			if changed(before, after) {
				j.note("update", after)
			} else {
				j.note("resync", after)
			}
		},
		DeleteFunc: func(object any) { j.note("delete", object) },
	}
}

func informersSeeChanges(ctx context.Context, w *World) error {
	maps := w.Client.CoreV1().ConfigMaps(w.Namespace)
	if _, err := maps.Create(ctx, configMap("before", "a", "1"), metav1.CreateOptions{}); err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactoryWithOptions(w.Client, 0, informers.WithNamespace(w.Namespace))
	seen := &journal{}
	factory.Core().V1().ConfigMaps().Informer().AddEventHandler(seen.handler())
	factory.Apps().V1().Deployments().Informer().AddEventHandler(seen.handler())
	factory.Start(ctx.Done())
	for kind, ok := range factory.WaitForCacheSync(ctx.Done()) {
		if !ok {
			return fmt.Errorf("the cache of %v did not sync", kind)
		}
	}
	deployments := w.Client.AppsV1().Deployments(w.Namespace)
	if _, err := deployments.Create(ctx, deployment("web", 2), metav1.CreateOptions{}); err != nil {
		return err
	}
	err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
		held, err := deployments.Get(ctx, "web", metav1.GetOptions{})
		if err != nil {
			return err
		}
		held.Spec.Template.Spec.Containers[0].Image = "registry.example/app:2"
		_, err = deployments.Update(ctx, held, metav1.UpdateOptions{})
		return err
	})
	_, err2 := maps.Update(ctx, configMap("before", "a", "2"), metav1.UpdateOptions{})
	if err := must(err, err2, maps.Delete(ctx, "before", metav1.DeleteOptions{})); err != nil {
		return err
	}
	for _, line := range []string{"add before", "add web", "update before", "update web", "delete before"} {
		if err := eventually(ctx, line, func() bool { return seen.count(line) >= 1 }); err != nil {
			return err
		}
	}
	held, err := factory.Apps().V1().Deployments().Lister().Deployments(w.Namespace).Get("web")
	if err != nil {
		return err
	}
	return expect("the image held", held.Spec.Template.Spec.Containers[0].Image, "registry.example/app:2")
}

func informersResync(ctx context.Context, w *World) error {
	if _, err := w.Client.CoreV1().ConfigMaps(w.Namespace).Create(ctx, configMap("still"), metav1.CreateOptions{}); err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactoryWithOptions(w.Client, time.Second, informers.WithNamespace(w.Namespace))
	seen := &journal{}
	factory.Core().V1().ConfigMaps().Informer().AddEventHandler(seen.handler())
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	return eventually(ctx, "two resyncs", func() bool { return seen.count("resync still") >= 2 && seen.count("update still") == 0 })
}

func informersFilter(ctx context.Context, w *World) error {
	maps := w.Client.CoreV1().ConfigMaps(w.Namespace)
	factory := informers.NewSharedInformerFactoryWithOptions(w.Client, 0, informers.WithNamespace(w.Namespace),
		informers.WithTweakListOptions(func(o *metav1.ListOptions) { o.LabelSelector = "side=left" }))
	seen := &journal{}
	factory.Core().V1().ConfigMaps().Informer().AddEventHandler(seen.handler())
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	_, err := maps.Create(ctx, labelled(configMap("r"), "side", "right"), metav1.CreateOptions{})
	_, err2 := maps.Create(ctx, labelled(configMap("l"), "side", "left"), metav1.CreateOptions{})
	if err := must(err, err2); err != nil {
		return err
	}
	if err := eventually(ctx, "add l", func() bool { return seen.count("add l") == 1 }); err != nil {
		return err
	}
	// An object that leaves the selection is deleted, as far as this informer can tell; one that enters is added.
	_, err = maps.Update(ctx, labelled(configMap("l"), "side", "right"), metav1.UpdateOptions{})
	_, err2 = maps.Update(ctx, labelled(configMap("r"), "side", "left"), metav1.UpdateOptions{})
	if err := must(err, err2); err != nil {
		return err
	}
	if err := eventually(ctx, "delete l, add r", func() bool { return seen.count("delete l") == 1 && seen.count("add r") == 1 }); err != nil {
		return err
	}
	held, err := factory.Core().V1().ConfigMaps().Lister().List(labels.Everything())
	if err != nil {
		return err
	}
	return expect("objects held", len(held), 1)
}

// expiredWatchRelists has the first watch begin at revision 1 of a kind that is younger than that, which the server
// answers with 410 Expired (the sandbox by its fault switch, which the harness sets for this group).
func expiredWatchRelists(ctx context.Context, w *World) error {
	if err := define(ctx, w, "ages"); err != nil {
		return err
	}
	ages := w.Dynamic.Resource(schema.GroupVersionResource{Group: definedGroup, Version: "v1", Resource: "ages"}).Namespace(w.Namespace)
	make := func(name string) error {
		_, err := ages.Create(ctx, defined("Age", name, nil), metav1.CreateOptions{})
		return err
	}
	if err := eventually(ctx, "the kind is served", func() bool { return make("first") == nil }); err != nil {
		return err
	}
	var lists, expirations atomic.Int32
	source := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			lists.Add(1)
			return ages.List(ctx, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			if o.SendInitialEvents != nil {
				return nil, apierrors.NewMethodNotSupported(schema.GroupResource{Resource: "ages"}, "watch-list")
			}
			if expirations.Load() == 0 {
				o.ResourceVersion = "1"
			}
			events, err := ages.Watch(ctx, o)
			if apierrors.IsResourceExpired(err) || apierrors.IsGone(err) {
				expirations.Add(1)
			}
			if err != nil {
				return nil, err
			}
			return watch.Filter(events, func(e watch.Event) (watch.Event, bool) {
				if status, ok := e.Object.(*metav1.Status); ok && status.Code == 410 {
					expirations.Add(1)
				}
				return e, true
			}), nil
		},
	}
	seen := &journal{}
	store := cache.NewSharedInformer(source, &unstructured.Unstructured{}, 0)
	store.AddEventHandler(seen.handler())
	go store.RunWithContext(ctx)
	if err := eventually(ctx, "a 410 and a second list", func() bool { return expirations.Load() >= 1 && lists.Load() >= 2 }); err != nil {
		return fmt.Errorf("%w (%d lists, %d expirations)", err, lists.Load(), expirations.Load())
	}
	if err := must(make("second"), eventually(ctx, "add second", func() bool { return seen.count("add second") == 1 })); err != nil {
		return err
	}
	return expect("adds of what was there before", seen.count("add first"), 1)
}

func metadataInformer(ctx context.Context, w *World) error {
	client, err := metadata.NewForConfig(w.Config)
	if err != nil {
		return err
	}
	factory := metadatainformer.NewFilteredSharedInformerFactory(client, 0, w.Namespace, nil)
	resource := schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	informer := factory.ForResource(resource)
	informer.Informer() // has the factory start it
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	if _, err := w.Client.CoreV1().ConfigMaps(w.Namespace).Create(ctx, labelled(configMap("m", "k", "v"), "x", "y"), metav1.CreateOptions{}); err != nil {
		return err
	}
	return eventually(ctx, "the metadata of m", func() bool {
		found, err := informer.Lister().ByNamespace(w.Namespace).Get("m")
		if err != nil {
			return false
		}
		partial, ok := found.(*metav1.PartialObjectMetadata)
		return ok && partial.Labels["x"] == "y"
	})
}

func retryWatcherResumes(ctx context.Context, w *World) error {
	maps := w.Client.CoreV1().ConfigMaps(w.Namespace)
	list, err := maps.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	short := int64(1) // every watch ends after a second
	watcher, err := watchtools.NewRetryWatcherWithContext(ctx, list.ResourceVersion, &cache.ListWatch{
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			o.TimeoutSeconds = &short
			return maps.Watch(ctx, o)
		}})
	if err != nil {
		return err
	}
	defer watcher.Stop()
	go func() {
		for i := range 6 {
			maps.Create(ctx, configMap(numbered("w", i)), metav1.CreateOptions{})
			time.Sleep(500 * time.Millisecond)
		}
	}()
	for i := 0; i < 6; {
		select {
		case event := <-watcher.ResultChan():
			object, ok := event.Object.(*corev1.ConfigMap)
			if !ok || event.Type != watch.Added || object.Name == "kube-root-ca.crt" {
				continue
			}
			if err := expect("the next object", object.Name, numbered("w", i)); err != nil {
				return err
			}
			i++
		case <-time.After(15 * time.Second):
			return fmt.Errorf("no event after %d", i)
		}
	}
	return nil
}
