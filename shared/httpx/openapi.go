package httpx

import (
	"encoding/json"
	"maps"

	"github.com/danielgtaylor/huma/v2"
)

// OpenAPI gives the OpenAPI 3.1 document of several servers as one.
func OpenAPI(title, version string, servers ...*Server) ([]byte, error) {
	paths, schemas := map[string]*huma.PathItem{}, map[string]*huma.Schema{}
	var security map[string]*huma.SecurityScheme
	for _, s := range servers {
		document := s.API.OpenAPI()
		maps.Copy(paths, document.Paths)
		maps.Copy(schemas, document.Components.Schemas.Map())
		security = document.Components.SecuritySchemes
	}
	return json.Marshal(map[string]any{
		"openapi": "3.1.0", "info": map[string]string{"title": title, "version": version}, "paths": paths,
		"components": map[string]any{"schemas": schemas, "securitySchemes": security},
	})
}
