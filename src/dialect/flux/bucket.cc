#include "dialect/flux/bucket.hh"

#include <fmt/format.h>

#include <map>

#include "base/sha256.hh"
#include "dialect/flux/source_ignore.hh"
#include "tree/memory.hh"
#include "tree/path.hh"

namespace taut::flux {
namespace {

constexpr const char* kIgnoreFile = ".sourceignore";

using Index = std::map<std::string, std::string>;  // etags by key

SourceError operation_failed(std::string message) { return fetch_failed("BucketOperationFailed", std::move(message)); }

// As Flux's index digest: a line "<key> <etag>" for each, in order.
std::string revision_of(const Index& index) {
  std::string lines;
  for (const auto& [key, etag] : index) lines += key + ' ' + etag + '\n';
  return sha256_digest(lines);
}

tl::expected<Index, SourceError> read_index(const Value& spec, BucketClient& client) {
  std::string bucket = spec["bucketName"].str();
  auto failed = [&](const std::string& what, const Error& error) { return tl::unexpected(operation_failed(what + ": " + error.message())); };
  auto exists = client.exists();
  if (!exists) return failed(fmt::format("failed to confirm existence of '{}' bucket", bucket), exists.error());
  if (!*exists) return tl::unexpected(operation_failed(fmt::format("bucket '{}' not found", bucket)));
  IgnorePatterns ignored;
  auto rules = std::move(client.get({kIgnoreFile}).at(0));
  if (rules)
    ignored.add(rules->bytes);
  else if (rules.error().code() != Code::kNotFound)
    return failed(fmt::format("failed to get Etag for '{}' object", kIgnoreFile), rules.error());
  ignored.add(spec["ignore"].as_string());
  auto objects = client.list(spec["prefix"].str());
  if (!objects)
    return failed(fmt::format("indexation of objects from bucket '{}' failed: listing objects from bucket '{}' failed", bucket, bucket), objects.error());
  Index out;
  for (auto& object : *objects)
    if (!object.key.ends_with('/') && object.key != kIgnoreFile && !ignored.ignores(object.key, false)) out[object.key] = std::move(object.etag);
  return out;
}

// What has changed since it was listed counts as it is now; what has gone does not count.
tl::expected<TreePtr, SourceError> fetch_files(const std::string& bucket, Index& index, BucketClient& client) {
  std::vector<std::string> keys;
  for (const auto& [key, etag] : index) keys.push_back(key);
  auto failed = [&](const std::string& what) { return tl::unexpected(operation_failed(fmt::format("fetch from bucket '{}' failed: {}", bucket, what))); };
  auto contents = client.get(keys);
  MemoryTreeBuilder files;
  for (size_t i = 0; i < keys.size(); ++i) {
    auto& content = contents[i];
    if (!content && content.error().code() == Code::kNotFound) {
      index.erase(keys[i]);
      continue;
    }
    if (!content) return failed(fmt::format("failed to get '{}' object: {}", keys[i], content.error().message()));
    if (!content->etag.empty()) index[keys[i]] = content->etag;
    auto path = clean_path(keys[i].substr(std::min(keys[i].size(), keys[i].find_first_not_of('/'))));
    Status put = path ? files.file(*path, std::move(content->bytes)) : fail(path.error());
    if (!put) return failed(fmt::format("failed to resolve path for '{}' object: {}", keys[i], put.error().message()));
  }
  return files.build();
}

}  // namespace

std::optional<SourceError> unsupported_bucket_field(const Value& spec) {
  auto unsupported = [](std::string_view field, std::string_view why) {
    SourceError error = fetch_failed(std::string(kUnsupportedField), fmt::format("spec.{} is not supported: {}", field, why));
    error.stalled = true;
    return error;
  };
  std::string_view provider = spec["provider"].as_string();
  if (provider == "gcp" || provider == "azure")
    return unsupported("provider", fmt::format("'{}' is not known yet, only servers that speak S3 are (generic, and aws with a secretRef)", provider));
  if (provider == "aws" && spec["secretRef"].empty()) return unsupported("provider", "'aws' needs a secretRef: roles of a cloud's machines are not used yet");
  if (!spec["sts"].empty()) return unsupported("sts", "credentials are not asked of a token service yet, use secretRef");
  if (!spec["serviceAccountName"].empty()) return unsupported("serviceAccountName", "workload identity of a cloud is not used yet");
  return std::nullopt;
}

Result<BucketPlace> read_bucket_place(const Value& spec, const Value& secret) {
  BucketPlace out;
  out.endpoint = spec["endpoint"].str();
  out.bucket = spec["bucketName"].str();
  out.region = spec["region"].str();
  out.plain_http = spec["insecure"].as_bool();
  if (auto timeout = parse_go_duration(spec["timeout"].as_string()))
    out.timeout = std::max(std::chrono::seconds(1), std::chrono::duration_cast<std::chrono::seconds>(*timeout));
  if (secret.is_null()) return out;
  Value data = secret_data(secret);
  if (!data.contains("accesskey") || !data.contains("secretkey"))
    return fail(Code::kInvalid, "invalid '{}' secret data: required fields 'accesskey' and 'secretkey'", name_of(secret));
  if (data["accesskey"].empty() || data["secretkey"].empty()) return out;
  out.access_key = data["accesskey"].str();
  out.secret_key = data["secretkey"].str();
  return out;
}

tl::expected<BucketArtifact, SourceError> fetch_bucket(const Value& object, BucketClient& client, const std::optional<Artifact>& known) {
  auto index = read_index(object["spec"], client);
  if (!index) return tl::unexpected(index.error());
  BucketArtifact out{{}, index->size()};
  out.artifact.revision = revision_of(*index);
  if (known && known->revision == out.artifact.revision) {
    out.artifact = *known;
    return out;
  }
  auto tree = fetch_files(object["spec"]["bucketName"].str(), *index, client);
  if (!tree) return tl::unexpected(tree.error());
  auto digest = artifact_digest(**tree);
  if (!digest) return tl::unexpected(operation_failed(digest.error().message()));
  out.files = index->size();
  out.artifact.revision = revision_of(*index);
  out.artifact.sha = revision_hash(out.artifact.revision);
  out.artifact.digest = *digest;
  out.artifact.tree = *tree;
  return out;
}

}  // namespace taut::flux
