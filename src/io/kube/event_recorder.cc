#include "io/kube/event_recorder.hh"

#include <algorithm>

namespace taut::kube {
namespace {

constexpr size_t kMostCached = 4096;
constexpr size_t kMostAlike = 10;
constexpr auto kAlikeWindow = std::chrono::minutes(10);
constexpr double kBurst = 25;
constexpr double kRefillSeconds = 300;
constexpr size_t kLongestMessage = 1024;

const Gvk kEvent{"", "v1", "Event"};

Value reference_to(const Value& object) {
  const Value& metadata = object["metadata"];
  Value out = Value::map({{"apiVersion", object["apiVersion"]}, {"kind", object["kind"]}});
  for (const char* key : {"name", "namespace", "uid", "resourceVersion"})
    if (const Value* found = metadata.find(key)) out.set(key, *found);
  return out;
}

// Bytes, but not through the middle of a character.
std::string cut_message(std::string message) {
  if (message.size() <= kLongestMessage) return message;
  size_t end = kLongestMessage;
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80) --end;
  message.resize(end);
  return message;
}

std::string identity(const Value& object) {
  ObjectId id = ObjectId::of(object);
  return id.to_string() + '/' + object["metadata"]["uid"].str();
}

}  // namespace

bool EventRecorder::allowed(const std::string& object, Time now) {
  auto [at, fresh] = buckets_.try_emplace(object);
  Bucket& bucket = at->second;
  if (!fresh) {
    double seconds = std::chrono::duration<double>(now - bucket.filled).count();
    bucket.tokens = std::min(kBurst, bucket.tokens + std::max(0.0, seconds) / kRefillSeconds);
  }
  bucket.filled = now;
  if (bucket.tokens < 1) return false;
  bucket.tokens -= 1;
  return true;
}

// The message to show; `key` becomes that of the group when there are too many that differ only by their message.
std::string EventRecorder::combined(const std::string& alike, const EventNote& note, Time now, std::string& key) {
  Group& group = groups_[alike];
  if (group.messages.empty() || now > group.first + kAlikeWindow) group = {{}, now};
  group.messages.insert(note.message);
  if (group.messages.size() < kMostAlike) {
    key = alike + '\n' + note.message;
    return note.message;
  }
  key = alike;
  return "(combined from similar events): " + note.message;
}

// A process that runs for months forgets what it has seen, rather than grow; then repeats begin a new Event.
void EventRecorder::trim() {
  if (seen_.size() > kMostCached) seen_.clear();
  if (groups_.size() > kMostCached) groups_.clear();
  if (buckets_.size() > kMostCached) buckets_.clear();
}

Result<bool> EventRecorder::create(const Value& object, const EventNote& note, const std::string& key, Time now) {
  std::string ns(namespace_of(object));
  if (ns.empty()) ns = "default";
  // The time makes names unique among processes and restarts.
  std::string name = fmt::format("{}.{:x}", name_of(object), now.time_since_epoch().count());
  Value source = Value::map({{"component", component_}});
  if (!instance_.empty()) source.set("host", instance_);
  WriteRequest request{WriteVerb::kCreate, {kEvent, ns, name}};
  request.field_manager = component_;
  request.body = Value::map({{"apiVersion", "v1"},
                             {"kind", "Event"},
                             {"metadata", Value::map({{"name", name}, {"namespace", ns}})},
                             {"involvedObject", reference_to(object)},
                             {"type", note.type},
                             {"reason", note.reason},
                             {"message", cut_message(note.message)},
                             {"count", 1},
                             {"firstTimestamp", format_rfc3339(now)},
                             {"lastTimestamp", format_rfc3339(now)},
                             {"source", source},
                             {"reportingComponent", component_},
                             {"reportingInstance", instance_}});
  if (note.annotations.is_map()) request.body.edit("metadata").set("annotations", note.annotations);
  TAUT_ASSIGN(auto written, cluster_.write(request));
  std::lock_guard lock(mutex_);
  seen_[key] = {name, ns, 1};
  trim();
  return true;
}

Result<bool> EventRecorder::record(const Value& object, const EventNote& given, Time now) {
  std::string who = identity(object), key;
  EventNote note = given;
  Seen seen;
  {
    std::lock_guard lock(mutex_);
    if (!allowed(who, now)) return false;
    note.message = combined(who + '\n' + note.type + '\n' + note.reason, given, now, key);
    auto found = seen_.find(key);
    if (found != seen_.end()) {
      ++found->second.count;
      seen = found->second;
    }
  }
  if (seen.count == 0) return create(object, note, key, now);
  WriteRequest request{WriteVerb::kMergePatch, {kEvent, seen.ns, seen.name}};
  request.field_manager = component_;
  request.body = Value::map(
      {{"count", seen.count}, {"lastTimestamp", format_rfc3339(now)}, {"message", cut_message(note.message)}});
  auto written = cluster_.write(request);
  if (written) return true;
  // Events live for an hour; then the count begins anew.
  if (written.error().code() == Code::kNotFound) return create(object, note, key, now);
  return fail(std::move(written).error());
}

}  // namespace taut::kube
