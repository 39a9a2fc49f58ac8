// Texts that several tables share.
#pragma once

#include <string>
#include <string_view>

#include "base/time.hh"
#include "value/value.hh"

namespace taut::sandbox::kinds {

// "5s", "2m10s", "3d4h": apimachinery's duration.HumanDuration.
std::string human_duration(Duration span);
// The age of an RFC 3339 time; "<unknown>" when there is none.
std::string age_of(const Value& time, Time now);

// "a=b,c=d"; "<none>" when empty. Of a map of labels, and of a LabelSelector with expressions.
std::string labels_text(const Value& labels);
std::string selector_text(const Value& selector);

// "app,sidecar" and "img:1,img:2" of a list of containers.
std::string container_names(const Value& containers);
std::string container_images(const Value& containers);

// "RWO,ROX" of access modes.
std::string access_modes(const Value& modes);

inline std::string or_text(std::string_view text, std::string_view otherwise) {
  return std::string(text.empty() ? otherwise : text);
}

}  // namespace taut::sandbox::kinds
