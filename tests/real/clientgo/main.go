// clientgo does with an API server what programs on client-go do: informers, leader election, applies, discovery,
// protobuf bodies, paging, conflicts. The same assertions hold on the real server and on the sandbox.
//
//	clientgo [--only WORD]                  runs the checks on the cluster of $KUBECONFIG; ends with "N passed, N failed"
//	clientgo candidate NAMESPACE NAME      (used by a check) stands for election until it is killed
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// A World is what every check gets: clients and a namespace of its own.
type World struct {
	Config    *rest.Config
	Client    kubernetes.Interface
	Dynamic   dynamic.Interface
	Namespace string
}

// A Check is one behaviour; its name says which.
type Check struct {
	Name string
	Run  func(ctx context.Context, w *World) error
}

var checks = []Check{
	{"informers see adds, updates and deletes", informersSeeChanges},
	{"informers resync what they hold", informersResync},
	{"an informer of another type sees its objects only", informersFilter},
	{"an expired watch is followed by a relist", expiredWatchRelists},
	{"a metadata informer sees names and labels", metadataInformer},
	{"a retry watcher goes on where it was cut", retryWatcherResumes},
	{"of two candidates one leads and the other follows its death", leaderElection},
	{"typed and dynamic applies share an object", applies},
	{"a forced apply takes a field over", forcedApply},
	{"discovery knows kinds, short names and versions", discoveryAndMapper},
	{"the OpenAPI documents are there", openAPI},
	{"protobuf bodies of many kinds are understood", protobufKinds},
	{"protobuf clients list, watch, patch and delete", protobufVerbs},
	{"pages add up to the whole", paging},
	{"conflicts are retried until everybody is done", conflicts},
	{"subresources status and scale", subresources},
	{"an evicted pod is gone", eviction},
	{"a finalizer holds a deletion", finalizers},
	{"a definition is served and its objects applied", definitions},
}

func main() {
	if len(os.Args) > 3 && os.Args[1] == "candidate" {
		standForElection(os.Args[2], os.Args[3])
		return
	}
	only := flag.String("only", "", "run the checks with this word in their name")
	flag.Parse()
	passed, failed := 0, 0
	for _, check := range checks {
		if !strings.Contains(check.Name, *only) {
			continue
		}
		start := time.Now()
		if err := run(check); err != nil {
			failed++
			fmt.Printf("FAIL %s: %v\n", check.Name, err)
			continue
		}
		passed++
		fmt.Printf("ok   %s (%.1f s)\n", check.Name, time.Since(start).Seconds())
	}
	fmt.Printf("%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}

func clusterConfig() (*rest.Config, error) {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = 500, 1000
	config.UserAgent = "clientgo/v1"
	return config, nil
}

func run(check Check) error {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	w, err := newWorld(ctx)
	if err != nil {
		return err
	}
	defer w.Client.CoreV1().Namespaces().Delete(context.Background(), w.Namespace, metav1.DeleteOptions{})
	return check.Run(ctx, w)
}

func newWorld(ctx context.Context) (*World, error) {
	config, err := clusterConfig()
	if err != nil {
		return nil, err
	}
	w := &World{Config: config}
	if w.Client, err = kubernetes.NewForConfig(config); err != nil {
		return nil, err
	}
	if w.Dynamic, err = dynamic.NewForConfig(config); err != nil {
		return nil, err
	}
	ns, err := w.Client.CoreV1().Namespaces().Create(ctx,
		&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "clientgo-"}}, metav1.CreateOptions{})
	if err != nil {
		return nil, err
	}
	w.Namespace = ns.Name
	return w, nil
}

// eventually asks until the answer is true.
func eventually(ctx context.Context, what string, question func() bool) error {
	deadline := time.Now().Add(20 * time.Second)
	for !question() {
		if time.Now().After(deadline) || ctx.Err() != nil {
			return fmt.Errorf("not in time: %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return nil
}

// must is for steps whose failure is the check's.
func must(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func expect(what string, got, want any) error {
	if fmt.Sprint(got) != fmt.Sprint(want) {
		return fmt.Errorf("%s: got %v, want %v", what, got, want)
	}
	return nil
}
