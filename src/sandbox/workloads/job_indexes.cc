#include "sandbox/workloads/job_indexes.hh"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "base/strings.hh"
#include "object/id.hh"

namespace taut::sandbox::workloads {
namespace {

constexpr std::string_view kIndex = "batch.kubernetes.io/job-completion-index";

int64_t number(std::string_view text) {
  int64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::set<int64_t> parse_indexes(std::string_view text) {
  std::set<int64_t> out;
  for (std::string_view piece : split(text, ',')) {
    if (piece.empty()) continue;
    const auto ends = split(piece, '-');
    for (int64_t i = number(ends[0]); i <= number(ends.back()); ++i) out.insert(i);
  }
  return out;
}

std::string write_indexes(const std::set<int64_t>& indexes) {
  std::vector<std::string> parts;
  for (auto at = indexes.begin(); at != indexes.end();) {
    int64_t first = *at, last = first;
    for (++at; at != indexes.end() && *at == last + 1; ++at) last = *at;
    parts.push_back(first == last ? fmt::format("{}", first) : fmt::format("{}{}{}", first, last == first + 1 ? "," : "-", last));
  }
  return join(parts, ",");
}

}  // namespace

bool is_indexed(const Value& job) { return job["spec"]["completionMode"].as_string() == "Indexed"; }

std::vector<int64_t> free_indexes(const Value& job, const Value& status, const std::vector<Value>& active, int64_t count) {
  std::vector<int64_t> out;
  if (!is_indexed(job)) return out;
  std::set<int64_t> taken = parse_indexes(status["completedIndexes"].as_string());
  for (const Value& pod : active) taken.insert(number(annotation_of(pod, kIndex)));
  for (int64_t i = 0; i < job["spec"]["completions"].as_int() && static_cast<int64_t>(out.size()) < count; ++i) {
    if (!taken.contains(i)) out.push_back(i);
  }
  return out;
}

void give_index(const Value& job, Value& pod, int64_t index) {
  const std::string text = std::to_string(index);
  Value& metadata = pod.edit("metadata");
  metadata.set("generateName", fmt::format("{}-{}-", name_of(job), index));
  metadata.edit("labels").set(kIndex, text);
  metadata.edit("annotations").set(kIndex, text);
  Value& spec = pod.edit("spec");
  spec.set("hostname", fmt::format("{}-{}", name_of(job), index));
  for (const char* list : {"initContainers", "containers"}) {
    Value containers = spec[list];
    for (size_t i = 0; i < containers.size(); ++i) {
      const std::string path = fmt::format("metadata.labels['{}']", kIndex);
      containers.edit(i).edit("env").push_back(
          Value::map({{"name", "JOB_COMPLETION_INDEX"}, {"valueFrom", Value::map({{"fieldRef", Value::map({{"fieldPath", path}})}})}}));
    }
    if (!containers.empty()) spec.set(list, containers);
  }
}

void note_completed_index(const Value& job, const Value& pod, Value& status) {
  if (!is_indexed(job)) return;
  std::set<int64_t> done = parse_indexes(status["completedIndexes"].as_string());
  done.insert(number(annotation_of(pod, kIndex)));
  status.set("completedIndexes", write_indexes(done));
}

}  // namespace taut::sandbox::workloads
