// How the simulated cluster behaves.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/time.hh"

namespace taut::sandbox::workloads {

enum class Fault : uint8_t {
  kImagePull,    // ErrImagePull, then ImagePullBackOff
  kCrash,        // exits with 1 soon after it starts, again and again
  kOutOfMemory,  // as kCrash, killed for its memory
  kNeverReady,   // runs, but its readiness probe fails
  kSlow,         // becomes ready after ten times as long
};

struct ImageFault {
  std::string pattern;  // a glob over the image's name
  Fault fault = Fault::kImagePull;
};

struct Options {
  double speed = 1.0;      // 2: simulated delays take half as long; 0: none at all
  uint64_t seed = 1;
  int nodes = 3;
  std::string root_certificate;  // PEM, for kube-root-ca.crt in each namespace
  std::vector<ImageFault> faults;
  Duration lag = std::chrono::milliseconds(2);         // between a change and a controller's answer
  Duration schedule = std::chrono::milliseconds(10);   // a pod's way to a node
  Duration start = std::chrono::milliseconds(200);     // to pull and start its containers
  Duration stop = std::chrono::milliseconds(100);      // to end them
  Duration work = std::chrono::milliseconds(500);      // how long a Job's container runs
  bool default_class = true;   // a StorageClass "standard" that binds claims at once
  // The cluster is a copy of one whose nodes, kubelets and provisioners are not here: this control plane plays them all.
  bool plays_all = false;
  // Deadlines of the objects themselves (progressDeadlineSeconds) pass at the simulated speed too.
  bool hurry_deadlines = false;
  bool show_creating = true;  // a pod is seen in ContainerCreating before it runs
};

}  // namespace taut::sandbox::workloads
