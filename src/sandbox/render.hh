// From objects to answers: which of the media types and shapes that a client accepts, and the encoding.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sandbox/cluster.hh"
#include "sandbox/http.hh"

namespace taut::sandbox {

enum class Shape { kPlain, kTable, kPartial, kPartialList };

// What the client takes, as chosen from its Accept header.
struct Accepted {
  bool yaml = false;
  Shape shape = Shape::kPlain;
  std::string api_version = "meta.k8s.io/v1";  // of the Table or PartialObjectMetadata
  std::string content_type = "application/json";
  std::string include_object = "Metadata";  // of a Table: "None", "Metadata", "Object"
};

// 406 with the real server's words when nothing fits. `watching` narrows what there is; `plain_only` where no
// Table or metadata can be made (discovery).
ApiResult<Accepted> negotiate(std::string_view accept, const Query& query, bool watching);

// A Status or any other small object, in the form accepted.
Response object_response(int code, const Value& object, const Accepted& accepted);
Response error_response(const ApiError& error, const Accepted& accepted);

// One stored object, as the version and shape asked for.
Response item_response(const Cluster& cluster, const Resource& resource, int code, const ItemPtr& item,
                       const Accepted& accepted);
// Whether a list so accepted holds its objects as they are stored, so that their texts are enough.
bool listed_as_stored(const Resource& resource, const Accepted& accepted);
// What a list holds: objects, or only their texts.
struct Listed {
  std::vector<ItemPtr> items;
  std::vector<EncodedPtr> texts;
};
Response list_response(const Cluster& cluster, const Resource& resource, Listed listed, const Value& list_meta,
                       const Accepted& accepted);

// The JSON of one object in the shape accepted, for watch events. `columns` of a Table only when `first`.
void append_watch_object(const Cluster& cluster, const Resource& resource, const ItemPtr& item,
                         const Accepted& accepted, bool first, std::string& out);

}  // namespace taut::sandbox
