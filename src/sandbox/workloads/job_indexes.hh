// The completion indexes of Jobs with completionMode Indexed.
#pragma once

#include <string>
#include <vector>

#include "value/value.hh"

namespace taut::sandbox::workloads {

bool is_indexed(const Value& job);
// The lowest `count` indexes that are neither completed nor in hand.
std::vector<int64_t> free_indexes(const Value& job, const Value& status, const std::vector<Value>& active, int64_t count);
// Name, labels, annotations, host name and environment of the pod with this index.
void give_index(const Value& job, Value& pod, int64_t index);
// Adds the index of a succeeded pod to status.completedIndexes ("0,2-4").
void note_completed_index(const Value& job, const Value& pod, Value& status);

}  // namespace taut::sandbox::workloads
