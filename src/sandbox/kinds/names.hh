// The syntax of names, as apimachinery's util/validation words its refusals. Each returns why not; empty when fine.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace taut::sandbox::kinds {

using Reasons = std::vector<std::string>;

Reasons dns_subdomain(std::string_view text);
// "*." and a subdomain.
Reasons wildcard_subdomain(std::string_view text);
// The same as dns_subdomain, where parts may hold underscores: search paths of a resolver.
Reasons dns_subdomain_with_underscore(std::string_view text);     // objects' names: "example.com"
Reasons dns_label(std::string_view text);         // containers, namespaces: "my-name"
Reasons dns_label_1035(std::string_view text);    // "my-name", starts with a letter
Reasons path_segment(std::string_view text);      // rbac names: anything but / and %
Reasons qualified_name(std::string_view text);    // label keys: "example.com/name"
Reasons label_value(std::string_view text);
Reasons config_key(std::string_view text);        // keys of ConfigMaps and Secrets
Reasons env_name(std::string_view text);
Reasons port_name(std::string_view text);         // "http-2"

}  // namespace taut::sandbox::kinds
