// From the bytes that a chart renders back to the lines of its templates.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "helm/manifests.hh"
#include "helm/trace.hh"

namespace taut::render {

struct TextRange {
  size_t start = 0, end = 0;
};

// Where the value under a JSON pointer of a manifest stands in the text that its template gave; with "<no value>" still
// in it. An empty range at the start where it cannot be found.
TextRange range_of(const helm::Manifest& manifest, std::string_view rendered, std::string_view pointer);

// The numbers of the origins that wrote any of it.
std::vector<size_t> origins_in(const helm::TemplateTrace& trace, TextRange range);

// Lines count from 1.
uint32_t line_at(std::string_view text, size_t position);
std::string_view line_text(std::string_view text, uint32_t line);

// The action that begins at a position, "{{ .Values.a }}", or that it lies in.
std::string_view action_at(std::string_view source, size_t position);

// The blocks that a position of a template lies in, outermost first: "if .Values.on" with their lines, "3: {{ if ... }}".
std::vector<std::string> blocks_around(std::string_view source, size_t position);

}  // namespace taut::render
