// Who asked for what, as events of audit.k8s.io/v1 at the level Metadata: one JSON object a line. Bodies, tokens and
// what else could be a secret are never written.
#pragma once

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.hh"
#include "sandbox/auth.hh"
#include "sandbox/http.hh"
#include "sandbox/request_info.hh"

namespace taut::sandbox {

struct AuditEvent {
  const Request& request;
  const RequestInfo& info;
  const User& user;
  const Response& response;
  std::string id;  // as in the answer's Audit-Id
  bool allowed = true;
  Time received, answered;
};

// Thread-safe.
class AuditLog {
 public:
  // Appends to the file, which only its owner may read. kUnavailable when it cannot be opened.
  static Result<std::unique_ptr<AuditLog>> open(const std::string& path);
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  void write(const AuditEvent& event);
  // Whether lines were lost because the file could not be written.
  bool lost_lines() const { return lost_; }

 private:
  explicit AuditLog(std::FILE* file) : file_(file) {}
  std::FILE* file_;
  std::mutex mutex_;
  bool lost_ = false;
};

// The event as it is written.
Value audit_object(const AuditEvent& event);

}  // namespace taut::sandbox
