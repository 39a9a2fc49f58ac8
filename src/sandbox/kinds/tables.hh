// The tables of `kubectl get`: for each kind its columns and a function that fills a row of them.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/time.hh"
#include "value/value.hh"

namespace taut::sandbox::kinds {

struct TableRule {
  std::string_view type;  // "core/v1.Pod"
  // Columns between bars; `:i` integer, `:b` boolean, `:d` date, `:-` a Name without the format `name`;
  // `+` only with -o wide.
  std::string_view columns;
  std::vector<Value> (*cells)(const Value& object, Time now);
};

std::span<const TableRule> workload_tables();
std::span<const TableRule> cluster_tables();
std::span<const TableRule> platform_tables();

}  // namespace taut::sandbox::kinds
