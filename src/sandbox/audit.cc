#include "sandbox/audit.hh"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/log.hh"
#include "base/strings.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

Value user_of(const User& user) {
  Value groups = Value::list();
  for (const std::string& group : user.groups) groups.push_back(group);
  Value out = Value::map({{"username", user.name}});
  if (!groups.empty()) out.set("groups", std::move(groups));
  if (!user.uid.empty()) out.set("uid", user.uid);
  return out;
}

Value object_of(const RequestInfo& info) {
  Value out = Value::map({{"apiVersion", info.version}, {"resource", info.plural}});
  auto add = [&](const char* key, const std::string& text) {
    if (!text.empty()) out.set(key, text);
  };
  add("apiGroup", info.group);
  add("namespace", info.ns);
  add("name", info.name);
  add("subresource", info.subresource);
  return out;
}

// As the real server: those that proxies name, then the one at the other end.
Value source_ips(const Request& request) {
  std::vector<std::string> ips;
  for (std::string_view part : split(request.header("X-Forwarded-For"), ','))
    if (part = trim(part); !part.empty()) ips.emplace_back(part);
  auto add = [&](std::string_view ip) {
    if (!ip.empty() && std::find(ips.begin(), ips.end(), ip) == ips.end()) ips.emplace_back(ip);
  };
  add(trim(request.header("X-Real-Ip")));
  add(request.client);
  Value out = Value::list();
  for (const std::string& ip : ips) out.push_back(ip);
  return out;
}

}  // namespace

Value audit_object(const AuditEvent& event) {
  const Request& request = event.request;
  Value out = Value::map({{"apiVersion", "audit.k8s.io/v1"}, {"auditID", event.id}, {"kind", "Event"}, {"level", "Metadata"}});
  out.set("annotations", Value::map({{"authorization.k8s.io/decision", event.allowed ? "allow" : "forbid"}}));
  if (event.info.resource) out.set("objectRef", object_of(event.info));
  out.set("requestReceivedTimestamp", format_rfc3339_micro(event.received));
  out.set("requestURI", request.query.empty() ? request.path : request.path + '?' + request.query);
  out.set("responseStatus", Value::map({{"code", event.response.code}, {"metadata", Value::map()}}));
  if (Value ips = source_ips(request); !ips.empty()) out.set("sourceIPs", std::move(ips));
  out.set("stage", event.response.stream ? "ResponseStarted" : "ResponseComplete");
  out.set("stageTimestamp", format_rfc3339_micro(event.answered));
  out.set("user", user_of(event.user));
  if (std::string_view agent = request.header("User-Agent"); !agent.empty()) out.set("userAgent", agent);
  out.set("verb", event.info.verb);
  return out;
}

Result<std::unique_ptr<AuditLog>> AuditLog::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
  std::FILE* file = fd < 0 ? nullptr : ::fdopen(fd, "a");
  if (file == nullptr) {
    const int why = errno;
    if (fd >= 0) ::close(fd);
    return fail(Code::kUnavailable, "cannot open the audit log {}: {}", path, std::strerror(why));
  }
  return std::unique_ptr<AuditLog>(new AuditLog(file));
}

AuditLog::~AuditLog() { std::fclose(file_); }

void AuditLog::write(const AuditEvent& event) {
  const std::string line = to_json(audit_object(event)) + '\n';
  std::lock_guard lock(mutex_);
  const bool written = std::fwrite(line.data(), 1, line.size(), file_) == line.size() && std::fflush(file_) == 0;
  if (!written && !lost_) log::warn("sandbox: the audit log cannot be written: {}", std::strerror(errno));
  lost_ = lost_ || !written;
}

}  // namespace taut::sandbox
