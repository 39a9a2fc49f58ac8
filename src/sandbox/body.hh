// Request bodies into objects: media types, decoding into the kind that the path names, field validation.
#pragma once

#include <string_view>

#include "sandbox/api_error.hh"
#include "sandbox/cluster.hh"
#include "sandbox/http.hh"

namespace taut::sandbox {

// The object of a POST or PUT, decoded and defaulted in the version of `resource`. Warnings go to `context`.
// 400, 415 and strict decoding errors in the real server's words.
ApiResult<Value> read_object(const Resource& resource, const Request& request, WriteContext& context);

// The same for a Value that came from elsewhere (a patch, a controller). `text` is its JSON when there is one, to
// report unknown and duplicate fields in its order.
// `found` holds what is known to be wrong already (duplicate keys of YAML); `repeats` is whether a key comes twice in
// the text.
ApiResult<Value> decode_object(const Resource& resource, Value object, std::string_view text, WriteContext& context,
                               std::vector<std::string> found = {}, bool repeats = false);

// What strict decoding finds in an object that has no text; the object is decoded in place. Type errors are the
// error's message ("json: cannot unmarshal ...").
// `keep_nulls`: nulls that a custom kind does not allow stay, for validation to refuse (server-side apply).
Result<std::vector<std::string>> settle_object(const Resource& resource, Value& object, bool keep_nulls = false);

// A body of any media type as a Value; null for an empty body. For options and patches.
ApiResult<Value> read_value(const Request& request);

// The words for an object that settle_object refuses with `error`; `text` is the JSON it was read from, "" when its
// keys were sorted anyway.
std::string decode_message(const Resource& resource, const Value& object, std::string_view text, const Error& error);

// Why an object of kind `given` is none of the resource, in the words of the scheme.
std::string no_conversion(const Resource& resource, const Gvk& given);

enum class MediaType { kJson, kYaml, kProtobuf, kOther };
// Of a Content-Type header; empty counts as JSON.
MediaType media_type(std::string_view content_type);

}  // namespace taut::sandbox
