package links

import "github.com/gin-gonic/gin"

// From gives the address of whoever asks.
func (p Path) From() string { return p.address }

// At gives the link that a request of another form than JSON asks for.
func At(c *gin.Context) Path { return Path{Token: c.Param("token"), address: c.ClientIP()} }
