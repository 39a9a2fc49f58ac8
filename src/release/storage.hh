// The records of releases in a cluster, where helm keeps them: Secrets (or ConfigMaps) named
// "sh.helm.release.v1.NAME.vN" with the labels name, owner=helm, status, version, createdAt, modifiedAt.
//
// Mirrors helm 4's pkg/storage with its drivers "secret" and "configmap", including that records found by a query
// carry all labels of their Secret on, and those fetched by name only the user's.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "port/cluster.hh"
#include "release/record.hh"

namespace taut::release {

enum class Driver : uint8_t { kSecrets, kConfigMaps };

// The driver that $HELM_DRIVER names: "", "secret", "secrets", "configmap", "configmaps". kUnsupported otherwise.
Result<Driver> parse_driver(std::string_view name);

class Storage {
 public:
  // `ns` "" reads all namespaces, for list().
  Storage(Cluster& cluster, std::string ns, Driver driver = Driver::kSecrets)
      : cluster_(&cluster), ns_(std::move(ns)), driver_(driver) {}

  // At most so many records of one release are kept, the new one counted and the deployed one spared; 0: all.
  void set_max_history(int records) { max_history_ = records; }

  // kNotFound "release: not found".
  Result<Release> get(const std::string& name, int64_t version) const;
  // All revisions, oldest first. kNotFound "release: not found" when there is none.
  Result<std::vector<Release>> history(const std::string& name) const;
  Result<Release> last(const std::string& name) const;
  // The newest deployed revision. kNotFound `"NAME" has no deployed releases`.
  Result<Release> deployed(const std::string& name) const;
  Result<std::vector<Release>> all_deployed(const std::string& name) const;
  // Every revision of every release; records that cannot be read are left out, as helm does.
  Result<std::vector<Release>> list() const;

  // kAlreadyExists "release: already exists".
  Status create(const Release& release, Time now) const;
  Status update(const Release& release, Time now) const;
  Status remove(const std::string& name, int64_t version) const;

 private:
  ObjectRef ref(const std::string& name, int64_t version) const;
  Result<std::vector<Release>> query(const std::string& selector) const;
  Result<Release> read(const Value& object) const;
  Value object_of(const Release& release, std::string_view stamp, Time now) const;
  Status make_room(const std::string& name) const;

  Cluster* cluster_;
  std::string ns_;
  Driver driver_;
  int max_history_ = 0;
};

// The labels that helm itself sets; a user may not give them.
std::span<const std::string_view> system_labels();
bool has_system_label(const std::map<std::string, std::string>& labels);

}  // namespace taut::release
