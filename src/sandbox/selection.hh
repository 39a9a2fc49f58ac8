// Label and field selectors of a list, watch or deletecollection.
#pragma once

#include <string_view>

#include "object/selector.hh"
#include "sandbox/api_error.hh"
#include "sandbox/item.hh"
#include "sandbox/registry.hh"

namespace taut::sandbox {

struct Selection {
  LabelSelector labels;
  FieldSelector fields;
  std::string name;  // metadata.name=...: at most one object can match

  bool everything() const { return labels.empty() && fields.empty(); }
  bool matches(const Value& object) const {
    return (labels.empty() || labels.matches(object["metadata"]["labels"])) && (fields.empty() || fields.matches(object));
  }
  // The same of a stored object, decoded no further than has to be.
  bool fits(const Resource& resource, const Item& item) const;
  // 400 in the real server's words, also for fields that the kind cannot be selected by.
  static ApiResult<Selection> parse(const Resource& resource, std::string_view labels, std::string_view fields);
};

}  // namespace taut::sandbox
