package main

import (
	"encoding/json"
	"fmt"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// The status of `object`, with its message and conditions.
func health(r request) (string, error) {
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(r.Object); err != nil {
		return "", err
	}
	result, err := status.Compute(object)
	if err != nil {
		return "", err
	}
	conditions := []map[string]string{}
	for _, condition := range result.Conditions {
		conditions = append(conditions, map[string]string{"type": string(condition.Type), "status": string(condition.Status),
			"reason": condition.Reason, "message": condition.Message})
	}
	text, err := json.Marshal(conditions)
	return fmt.Sprintf("%s %q %s", result.Status, result.Message, text), err
}
