#include "sandbox/workloads/deployment_math.hh"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "object/id.hh"
#include "sandbox/workloads/objects.hh"

namespace taut::sandbox::workloads {

int64_t sum_status(const std::vector<Value>& sets, std::string_view field) {
  int64_t sum = 0;
  for (const Value& set : sets) sum += set["status"][field].as_int();
  return sum;
}

int64_t sum_wanted(const std::vector<Value>& sets) {
  int64_t sum = 0;
  for (const Value& set : sets) sum += wanted_replicas(set);
  return sum;
}

bool rolls(const Value& deployment) { return deployment["spec"]["strategy"]["type"].as_string() == "RollingUpdate"; }

int64_t max_surge(const Value& deployment) {
  if (!rolls(deployment)) return 0;
  return share_of(deployment["spec"]["strategy"]["rollingUpdate"]["maxSurge"], wanted_replicas(deployment), true);
}

int64_t max_unavailable(const Value& deployment) {
  const int64_t wanted = wanted_replicas(deployment);
  if (!rolls(deployment) || wanted == 0) return 0;
  int64_t out = share_of(deployment["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"], wanted, false);
  // Both may round to nothing; then nothing would ever move.
  if (out == 0 && max_surge(deployment) == 0) out = 1;
  return std::min(out, wanted);
}

int64_t proportion(const Value& set, const Value& deployment, int64_t to_add, int64_t added) {
  const int64_t size = wanted_replicas(set), wanted = wanted_replicas(deployment);
  if (size == 0 || to_add == 0 || to_add == added) return 0;
  int64_t fraction = -size;
  if (wanted != 0) {
    int64_t before = annotation_number(set, kMaxReplicas, 0);
    if (before == 0) before = deployment["status"]["replicas"].as_int();
    if (before == 0) {
      fraction = 0;
    } else {
      const double scaled = static_cast<double>(size * (wanted + max_surge(deployment))) / static_cast<double>(before);
      fraction = static_cast<int64_t>(std::lround(scaled)) - size;
    }
  }
  return to_add > 0 ? std::min(fraction, to_add - added) : std::max(fraction, to_add - added);
}

int64_t fresh_size(const Value& deployment, const std::vector<Value>& all, const Value& fresh) {
  const int64_t wanted = wanted_replicas(deployment), size = wanted_replicas(fresh);
  if (!rolls(deployment)) return wanted;
  const int64_t limit = wanted + max_surge(deployment), present = sum_wanted(all);
  if (present >= limit) return size;
  return size + std::min(limit - present, wanted - size);
}

bool is_complete(const Value& deployment, const Value& status) {
  const int64_t wanted = wanted_replicas(deployment);
  return status["updatedReplicas"].as_int() == wanted && status["replicas"].as_int() == wanted &&
         status["availableReplicas"].as_int() == wanted &&
         status["observedGeneration"].as_int() >= deployment["metadata"]["generation"].as_int();
}

int64_t annotation_number(const Value& object, std::string_view key, int64_t absent) {
  std::string_view text = annotation_of(object, key);
  int64_t out = absent;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace taut::sandbox::workloads
