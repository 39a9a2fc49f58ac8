// The parts of a pod's validation, one file each; in the order and words of pkg/apis/core/validation/validation.go.
#pragma once

#include <string>
#include <string_view>

#include "sandbox/kinds/checks.hh"

namespace taut::sandbox::kinds {

// validate_volumes.cc

// The volumes of a pod; gives back those that mounts may name, with their sources. `pod` is the name of the pod, "" in
// templates.
Value check_volumes(Checks& checks, const std::string& path, const Value& volumes);
// A pod's field that an environment variable or a file shows.
void check_field_reference(Checks& checks, const std::string& path, const Value& reference, bool in_volume);
void check_resource_reference(Checks& checks, const std::string& path, const Value& reference, bool in_volume);
// A path that stays inside of where it is mounted.
void check_inner_path(Checks& checks, const std::string& path, std::string_view text);
void check_no_backsteps(Checks& checks, const std::string& path, std::string_view text);

// validate_container.cc

void check_containers(Checks& checks, const std::string& path, const Value& spec, const Value& volumes);
void check_init_containers(Checks& checks, const std::string& path, const Value& spec, const Value& volumes);
// Limits and requests.
void check_amounts(Checks& checks, const std::string& path, const Value& resources);

// validate_security.cc

void check_pod_security(Checks& checks, const std::string& path, const Value& spec);
void check_container_security(Checks& checks, const std::string& path, const Value& context, bool host_users);

// validate_placement.cc

void check_affinity(Checks& checks, const std::string& path, const Value& affinity);
void check_spread(Checks& checks, const std::string& path, const Value& constraints);
void check_tolerations(Checks& checks, const std::string& path, const Value& tolerations);
void check_node_selector(Checks& checks, const std::string& path, const Value& selector);

}  // namespace taut::sandbox::kinds
