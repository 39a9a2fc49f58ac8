// Objects between a chart's templates and its release: files to objects and back, and a kustomization over them (helm 4's
// pkg/action, annotateAndMerge and splitAndDeannotate).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.hh"
#include "kustomize/options.hh"
#include "tree/tree.hh"
#include "value/value.hh"

namespace taut::render {

using ChartFiles = std::map<std::string, std::string>;
using PostRenderer = std::function<Status(ChartFiles& files)>;

// What marks the file of an object on its way.
inline constexpr std::string_view kPostRenderFile = "postrenderer.helm.sh/postrender-filename";

// The objects of all files but partials, each annotated with its file; lists become their items, as kustomize has it.
// kInvalid "error while running post render on files: ...".
Result<std::vector<Value>> post_render_input(const ChartFiles& files);
// Puts the objects in the place of all that is not partial: each in its file, those without one in
// "generated-by-postrender-N.yaml".
void set_post_rendered(const std::vector<Value>& objects, ChartFiles& files);

// The kustomization in a folder of a tree, given the objects as its file `input`, which is added to its resources unless it
// is one of them. kNotFound when the folder has no kustomization; its own errors come with "error while running post render
// on files: " before them when it runs.
Result<PostRenderer> kustomize_post_renderer(TreePtr tree, std::string folder, std::string input, kustomize::BuildOptions options);

}  // namespace taut::render
