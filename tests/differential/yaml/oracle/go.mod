module taut.dev/differential/yaml

go 1.24.0

require (
	go.yaml.in/yaml/v3 v3.0.4
	k8s.io/apimachinery v0.33.0
	sigs.k8s.io/yaml v1.6.0
)

require (
	go.yaml.in/yaml/v2 v2.4.2 // indirect
	sigs.k8s.io/json v0.0.0-20241010143419-9aa6b5e7a4b3 // indirect
)
