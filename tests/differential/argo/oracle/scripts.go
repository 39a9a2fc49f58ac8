package main

import (
	"encoding/json"

	"github.com/argoproj/argo-cd/v3/util/lua"
)

type luaRequest struct {
	Object map[string]any
}

func luaHealth(request json.RawMessage) (any, error) {
	r, err := as[luaRequest](request)
	if err != nil {
		return nil, err
	}
	return lua.ResourceHealthOverrides{}.GetResourceHealth(objectOf(numbers(r.Object)))
}

func luaDiscover(request json.RawMessage) (any, error) {
	r, err := as[luaRequest](request)
	if err != nil {
		return nil, err
	}
	o := objectOf(numbers(r.Object))
	vm := lua.VM{}
	scripts, err := vm.GetResourceActionDiscovery(o)
	if err != nil {
		return nil, err
	}
	return vm.ExecuteResourceActionDiscovery(o, scripts)
}
