// Building a pod's status as a kubelet writes it.
#pragma once

#include <string>
#include <string_view>

#include "value/value.hh"

namespace taut::sandbox::workloads {

// A condition of a pod; the time of transition stays when its status does.
void pod_condition(Value& status, std::string_view type, bool on, std::string_view reason, std::string_view message, std::string_view now);

// The four conditions of a pod whose containers are ready or not.
void pod_conditions(Value& status, const Value& spec, bool initialized, bool ready, std::string_view now);

// Finds or adds the status of a container by name and gives it to `change`.
template <class Change>
void change_container(Value& status, std::string_view list, std::string_view name, Change change) {
  Value statuses = status[list];
  if (!statuses.is_list()) statuses = Value::list();
  for (size_t i = 0; i < statuses.size(); ++i) {
    if (statuses[i]["name"].as_string() == name) {
      change(statuses.edit(i));
      status.set(list, statuses);
      return;
    }
  }
  change(statuses.push_back(Value::map({{"name", name}})));
  status.set(list, statuses);
}

Value running_state(std::string_view now);
Value waiting_state(std::string_view reason, std::string_view message);
Value terminated_state(const Value& before, int64_t exit_code, std::string_view reason, std::string_view now);

// A new status entry of a container that waits to be made.
Value container_entry(const Value& container, const Value& state, bool ready);

// "sha256:..." and "docker.io/library/nginx@sha256:...": made from the image's name, the same each time.
std::string image_id(std::string_view image);


}  // namespace taut::sandbox::workloads
