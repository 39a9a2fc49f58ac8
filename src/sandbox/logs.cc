// GET pods/N/log: lines that the simulated kubelet wrote.
#include "base/strings.hh"
#include "sandbox/subresources.hh"

namespace taut::sandbox {

void PodLogs::append(std::string_view pod_uid, std::string_view container, Time time, std::string_view text) {
  std::lock_guard lock(mutex_);
  Log& log = logs_[{std::string(pod_uid), std::string(container)}];
  log.lines.push_back({time, std::string(text)});
  if (log.lines.size() <= kMaxLines) return;
  log.lines.pop_front();
  ++log.first;
}

std::vector<PodLogs::Line> PodLogs::read(std::string_view pod_uid, std::string_view container, size_t& from) const {
  std::lock_guard lock(mutex_);
  auto found = logs_.find({std::string(pod_uid), std::string(container)});
  if (found == logs_.end()) return {};
  const Log& log = found->second;
  size_t skip = from > log.first ? std::min(from - log.first, log.lines.size()) : 0;
  from = log.first + log.lines.size();
  return {log.lines.begin() + static_cast<ptrdiff_t>(skip), log.lines.end()};
}

void PodLogs::forget(std::string_view pod_uid) {
  std::lock_guard lock(mutex_);
  auto at = logs_.lower_bound({std::string(pod_uid), ""});
  while (at != logs_.end() && at->first.first == pod_uid) at = logs_.erase(at);
}

namespace {

struct LogQuery {
  std::string container;
  bool timestamps = false;
  std::optional<Time> since;
  size_t tail = SIZE_MAX;
};

std::string line_text(const PodLogs::Line& line, const LogQuery& query) {
  return (query.timestamps ? format_rfc3339_micro(line.time) + ' ' : std::string()) + line.text + '\n';
}

// Follows a log until the container has ended.
class LogStream : public Stream {
 public:
  LogStream(Cluster& cluster, WatchHub& hub, const Value& pod, LogQuery query)
      : cluster_(cluster), hub_(hub), uid_(pod["metadata"]["uid"].str()),
        key_(StoreKey::of("pods", namespace_of(pod), name_of(pod))), query_(std::move(query)) {}

  State read(std::string& out) override {
    auto lines = cluster_.logs.read(uid_, query_.container, from_);
    size_t skip = first_ && lines.size() > query_.tail ? lines.size() - query_.tail : 0;
    first_ = false;
    for (size_t i = skip; i < lines.size(); ++i)
      if (!query_.since || lines[i].time >= *query_.since) out += line_text(lines[i], query_);
    return ended() ? State::kEnd : State::kMore;
  }
  std::optional<std::chrono::steady_clock::time_point> next_deadline() const override {
    return std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
  }
  void set_waker(std::function<void()> wake) override {
    handle_.reset();
    if (wake) handle_.emplace(hub_, std::move(wake));
  }

 private:
  bool ended() const {
    ItemPtr pod = cluster_.store.get(key_);
    if (!pod || pod->object()["metadata"]["uid"].as_string() != uid_) return true;
    std::string_view phase = pod->object()["status"]["phase"].as_string();
    return phase == "Succeeded" || phase == "Failed";
  }

  Cluster& cluster_;
  WatchHub& hub_;
  std::string uid_;
  StoreKey key_;
  LogQuery query_;
  size_t from_ = 0;
  bool first_ = true;
  std::optional<WatchHub::Handle> handle_;
};

ApiResult<std::string> choose_container(const Value& pod, std::string_view wanted) {
  std::vector<std::string> names, init;
  for (const Value& c : pod["spec"]["containers"].items()) names.push_back(c["name"].str());
  for (const Value& c : pod["spec"]["initContainers"].items()) init.push_back(c["name"].str());
  if (wanted.empty()) {
    if (names.size() == 1) return names[0];
    std::string more = init.empty() ? "" : fmt::format(" or one of the init containers: [{}]", join(init, " "));
    return ApiFailure(bad_request(fmt::format("a container name must be specified for pod {}, choose one of: [{}]{}", name_of(pod), join(names, " "), more)));
  }
  for (const auto* list : {&names, &init})
    if (std::find(list->begin(), list->end(), wanted) != list->end()) return std::string(wanted);
  return ApiFailure(bad_request(fmt::format("container {} is not valid for pod {}", wanted, name_of(pod))));
}

// Why a container has no log yet: the kubelet's answer for one that waits.
ApiResult<void> check_started(const Value& pod, const std::string& container) {
  for (const Value& status : pod["status"]["containerStatuses"].items()) {
    if (status["name"].as_string() != container) continue;
    const Value& waiting = status["state"]["waiting"];
    if (waiting.is_map() && !status["lastState"].contains("terminated"))
      return ApiFailure(bad_request(fmt::format("container {} in pod {} is waiting to start: {}", quote(container), quote(name_of(pod)),
                                                waiting["reason"].as_string() == "ContainerCreating" ? "ContainerCreating" : waiting["reason"].str())));
  }
  return {};
}

}  // namespace

ApiResult<Response> pod_log(Cluster& cluster, WatchHub& hub, const Query& query, const Value& pod) {
  LogQuery wanted;
  API_ASSIGN(wanted.container, choose_container(pod, query.get("container")));
  API_TRY(check_started(pod, wanted.container));
  wanted.timestamps = query.get("timestamps") == "true";
  if (!query.get("tailLines").empty()) wanted.tail = static_cast<size_t>(std::max(0, std::atoi(std::string(query.get("tailLines")).c_str())));
  if (!query.get("sinceSeconds").empty())
    wanted.since = cluster.now() - std::chrono::seconds(std::atoi(std::string(query.get("sinceSeconds")).c_str()));
  else if (!query.get("sinceTime").empty())
    wanted.since = parse_rfc3339(query.get("sinceTime"));
  Response out;
  out.content_type = "text/plain";
  if (query.get("follow") == "true") {
    out.stream = std::make_unique<LogStream>(cluster, hub, pod, wanted);
    return out;
  }
  size_t from = 0;
  auto lines = cluster.logs.read(pod["metadata"]["uid"].as_string(), wanted.container, from);
  size_t skip = lines.size() > wanted.tail ? lines.size() - wanted.tail : 0;
  for (size_t i = skip; i < lines.size(); ++i)
    if (!wanted.since || lines[i].time >= *wanted.since) out.body += line_text(lines[i], wanted);
  if (auto limit = query.get("limitBytes"); !limit.empty()) out.body.resize(std::min<size_t>(out.body.size(), std::strtoul(std::string(limit).c_str(), nullptr, 10)));
  return out;
}

}  // namespace taut::sandbox
