package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

const leaseName = "the-lead"

// standForElection says "leading" when it leads, and goes on until it is killed.
func standForElection(namespace, name string) {
	config, err := clusterConfig()
	if err != nil {
		panic(err)
	}
	lock := &resourcelock.LeaseLock{
		LeaseMeta:  metav1.ObjectMeta{Namespace: namespace, Name: leaseName},
		Client:     kubernetes.NewForConfigOrDie(config).CoordinationV1(),
		LockConfig: resourcelock.ResourceLockConfig{Identity: name},
	}
	leaderelection.RunOrDie(context.Background(), leaderelection.LeaderElectionConfig{
		Lock: lock, LeaseDuration: 3 * time.Second, RenewDeadline: 2 * time.Second, RetryPeriod: 300 * time.Millisecond,
		Callbacks: leaderelection.LeaderCallbacks{
			OnStartedLeading: func(context.Context) { fmt.Println("leading") },
			OnStoppedLeading: func() { fmt.Println("stopped"); os.Exit(3) },
		},
	})
}

type candidate struct {
	process *exec.Cmd
	leads   chan time.Time
}

func startCandidate(w *World, name string) (*candidate, error) {
	out := &candidate{process: exec.Command(os.Args[0], "candidate", w.Namespace, name), leads: make(chan time.Time, 10)}
	pipe, err := out.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	out.process.Stderr = nil
	if err := out.process.Start(); err != nil {
		return nil, err
	}
	go func() {
		for lines := bufio.NewScanner(pipe); lines.Scan(); {
			if strings.TrimSpace(lines.Text()) == "leading" {
				out.leads <- time.Now()
			}
		}
	}()
	return out, nil
}

func (c *candidate) kill() {
	c.process.Process.Kill()
	c.process.Wait()
}

func leaderElection(ctx context.Context, w *World) error {
	leases := w.Client.CoordinationV1().Leases(w.Namespace)
	first, err := startCandidate(w, "one")
	if err != nil {
		return err
	}
	defer first.kill()
	select {
	case <-first.leads:
	case <-time.After(15 * time.Second):
		return fmt.Errorf("nobody leads")
	}
	second, err := startCandidate(w, "two")
	if err != nil {
		return err
	}
	defer second.kill()
	// Longer than a lease: the first one renews it, so the second must wait.
	select {
	case <-second.leads:
		return fmt.Errorf("two candidates lead")
	case <-time.After(4 * time.Second):
	}
	lease, err := leases.Get(ctx, leaseName, metav1.GetOptions{})
	if err := must(err, expect("the holder", *lease.Spec.HolderIdentity, "one")); err != nil {
		return err
	}
	first.kill()
	select {
	case <-second.leads:
	case <-time.After(15 * time.Second):
		return fmt.Errorf("the second does not take over")
	}
	lease, err = leases.Get(ctx, leaseName, metav1.GetOptions{})
	return must(err, expect("the holder", *lease.Spec.HolderIdentity, "two"), expect("transitions", *lease.Spec.LeaseTransitions, 1))
}
