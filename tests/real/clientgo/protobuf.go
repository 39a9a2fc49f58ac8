package main

import (
	"context"
	"fmt"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// protobufClient writes protobuf and reads either, as Kubernetes' own components do.
func protobufClient(w *World) (kubernetes.Interface, error) {
	config := rest.CopyConfig(w.Config)
	config.ContentType = "application/vnd.kubernetes.protobuf"
	config.AcceptContentTypes = "application/vnd.kubernetes.protobuf,application/json"
	return kubernetes.NewForConfig(config)
}

func protobufKinds(ctx context.Context, w *World) error {
	client, err := protobufClient(w)
	if err != nil {
		return err
	}
	core, options := client.CoreV1(), metav1.CreateOptions{}
	_, err = core.ConfigMaps(w.Namespace).Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "c"},
		Data: map[string]string{"u": "Größe"}, BinaryData: map[string][]byte{"b": {0, 255, 7}}}, options)
	_, err2 := core.Secrets(w.Namespace).Create(ctx, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "s"}, Data: map[string][]byte{"k": []byte("v")}}, options)
	port := corev1.ServicePort{Name: "http", Port: 80, TargetPort: intstr.FromString("http"), Protocol: corev1.ProtocolTCP}
	_, err3 := core.Services(w.Namespace).Create(ctx, &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "svc"},
		Spec: corev1.ServiceSpec{Selector: map[string]string{"app": "web"}, Ports: []corev1.ServicePort{port}}}, options)
	spec := podSpec("app:1")
	spec.Containers[0].Resources.Requests = corev1.ResourceList{"cpu": resource.MustParse("250m"), "memory": resource.MustParse("1Gi")}
	spec.Containers[0].ReadinessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{Path: "/", Port: intstr.FromInt32(8080)}}}
	_, err4 := core.Pods(w.Namespace).Create(ctx, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "p"}, Spec: spec}, options)
	job := podSpec("job:1")
	job.RestartPolicy = corev1.RestartPolicyNever
	_, err5 := client.BatchV1().Jobs(w.Namespace).Create(ctx, &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: "j"},
		Spec: batchv1.JobSpec{Template: corev1.PodTemplateSpec{Spec: job}}}, options)
	now := metav1.NewMicroTime(time.Now())
	holder := "me"
	_, err6 := client.CoordinationV1().Leases(w.Namespace).Create(ctx, &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Name: "l"},
		Spec: coordinationv1.LeaseSpec{HolderIdentity: &holder, RenewTime: &now}}, options)
	_, err7 := client.RbacV1().Roles(w.Namespace).Create(ctx, &rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Name: "r"},
		Rules: []rbacv1.PolicyRule{{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get"}}}}, options)
	prefix := networkingv1.PathTypePrefix
	backend := networkingv1.IngressBackend{Service: &networkingv1.IngressServiceBackend{Name: "svc", Port: networkingv1.ServiceBackendPort{Name: "http"}}}
	rule := networkingv1.IngressRule{Host: "a.example", IngressRuleValue: networkingv1.IngressRuleValue{HTTP: &networkingv1.HTTPIngressRuleValue{
		Paths: []networkingv1.HTTPIngressPath{{Path: "/", PathType: &prefix, Backend: backend}}}}}
	_, err8 := client.NetworkingV1().Ingresses(w.Namespace).Create(ctx, &networkingv1.Ingress{ObjectMeta: metav1.ObjectMeta{Name: "i"},
		Spec: networkingv1.IngressSpec{Rules: []networkingv1.IngressRule{rule}}}, options)
	_, err9 := client.AppsV1().Deployments(w.Namespace).Create(ctx, deployment("web", 2), options)
	if err := must(err, err2, err3, err4, err5, err6, err7, err8, err9); err != nil {
		return err
	}
	return protobufReadBack(ctx, w)
}

// protobufReadBack compares, over JSON, what arrived.
func protobufReadBack(ctx context.Context, w *World) error {
	core := w.Client.CoreV1()
	c, err := core.ConfigMaps(w.Namespace).Get(ctx, "c", metav1.GetOptions{})
	s, err2 := core.Secrets(w.Namespace).Get(ctx, "s", metav1.GetOptions{})
	svc, err3 := core.Services(w.Namespace).Get(ctx, "svc", metav1.GetOptions{})
	p, err4 := core.Pods(w.Namespace).Get(ctx, "p", metav1.GetOptions{})
	l, err5 := w.Client.CoordinationV1().Leases(w.Namespace).Get(ctx, "l", metav1.GetOptions{})
	i, err6 := w.Client.NetworkingV1().Ingresses(w.Namespace).Get(ctx, "i", metav1.GetOptions{})
	d, err7 := w.Client.AppsV1().Deployments(w.Namespace).Get(ctx, "web", metav1.GetOptions{})
	if err := must(err, err2, err3, err4, err5, err6, err7); err != nil {
		return err
	}
	main := p.Spec.Containers[0]
	return must(expect("text", c.Data["u"], "Größe"), expect("bytes", c.BinaryData["b"], []byte{0, 255, 7}), expect("secret", string(s.Data["k"]), "v"),
		expect("target port", svc.Spec.Ports[0].TargetPort.String(), "http"), expect("cpu", main.Resources.Requests.Cpu().String(), "250m"),
		expect("probe port", main.ReadinessProbe.HTTPGet.Port.IntValue(), 8080), expect("container port", main.Ports[0].ContainerPort, 8080),
		expect("holder", *l.Spec.HolderIdentity, "me"), expect("host", i.Spec.Rules[0].Host, "a.example"), expect("replicas", *d.Spec.Replicas, 2))
}

func protobufVerbs(ctx context.Context, w *World) error {
	client, err := protobufClient(w)
	if err != nil {
		return err
	}
	maps := client.CoreV1().ConfigMaps(w.Namespace)
	list, err := maps.List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	events, err := maps.Watch(ctx, metav1.ListOptions{ResourceVersion: list.ResourceVersion, FieldSelector: "metadata.name=w"})
	if err != nil {
		return err
	}
	defer events.Stop()
	made, err := maps.Create(ctx, configMap("w", "a", "1"), metav1.CreateOptions{})
	if err != nil {
		return err
	}
	made.Data["a"] = "2"
	made, err = maps.Update(ctx, made, metav1.UpdateOptions{})
	_, err2 := maps.Patch(ctx, "w", types.MergePatchType, []byte(`{"data":{"b":"3"}}`), metav1.PatchOptions{})
	foreground := metav1.DeletePropagationBackground
	stale := metav1.DeleteOptions{Preconditions: &metav1.Preconditions{ResourceVersion: &made.ResourceVersion}}
	if err := must(err, err2, expect("a stale precondition", apierrors.IsConflict(maps.Delete(ctx, "w", stale)), true),
		maps.Delete(ctx, "w", metav1.DeleteOptions{PropagationPolicy: &foreground})); err != nil {
		return err
	}
	for _, want := range []watch.EventType{watch.Added, watch.Modified, watch.Modified, watch.Deleted} {
		select {
		case event := <-events.ResultChan():
			if err := expect("the event", event.Type, want); err != nil {
				return err
			}
		case <-time.After(10 * time.Second):
			return fmt.Errorf("no event %s", want)
		}
	}
	_, err = maps.Get(ctx, "w", metav1.GetOptions{})
	return expect("it is gone", apierrors.IsNotFound(err), true)
}
