// Drives a region with juju's own client library: all that it can do with images. Arguments: URL of the region, API key,
// URL of a stream, file with its keyring in base64. Prints a line per step; exits 1 at the first that fails.
package main

import (
	"fmt"
	"net/url"
	"os"
	"time"

	"github.com/juju/gomaasapi"
)

func main() {
	base, key, stream, keyring := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	controller, err := gomaasapi.NewController(gomaasapi.ControllerArgs{BaseURL: base, APIKey: key})
	must("controller", err)
	fmt.Println("capabilities:", controller.Capabilities().Contains(gomaasapi.NetworkDeploymentUbuntu))
	_, err = gomaasapi.NewController(gomaasapi.ControllerArgs{BaseURL: base, APIKey: "a:b:c"})
	fmt.Println("bad key refused:", gomaasapi.IsPermissionError(err))

	client, err := gomaasapi.NewAuthenticatedClient(gomaasapi.AddAPIVersionToURL(base, "2.0"), key)
	must("client", err)
	maas := gomaasapi.NewMAAS(*client)

	data, err := os.ReadFile(keyring)
	must("keyring", err)
	sources := maas.GetSubObject("boot-sources")
	made, err := sources.CallPost("", url.Values{"url": {stream}, "keyring_data": {string(data)}})
	must("create source", err)
	source, err := made.GetMAASObject()
	must("source", err)
	source, err = source.Update(url.Values{"priority": {"7"}})
	must("update source", err)
	source, err = source.Get()
	must("read source", err)
	priority, err := source.GetMap()["priority"].GetFloat64()
	must("priority", err)
	fmt.Println("priority:", priority)

	// What the source offers is read in the background.
	selections := source.GetSubObject("selections")
	var selection gomaasapi.JSONObject
	for i := 0; ; i++ {
		selection, err = selections.CallPost("", url.Values{
			"os": {"ubuntu"}, "release": {"noble"}, "arches": {"amd64", "*"}, "subarches": {"*"}, "labels": {"*"}})
		if err == nil || i == 300 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	must("create selection", err)
	selected, err := selection.GetMAASObject()
	must("selection", err)
	arches, err := selected.GetMap()["arches"].GetArray()
	must("arches", err)
	fmt.Println("arches:", len(arches))

	resources := maas.GetSubObject("boot-resources")
	text, err := resources.CallPost("import", url.Values{})
	must("import", err)
	said, err := text.GetBytes()
	must("import text", err)
	fmt.Println(string(said))
	for i := 0; ; i++ {
		answer, err := resources.CallGet("is_importing", url.Values{})
		must("is_importing", err)
		running, err := answer.GetBool()
		must("is_importing", err)
		if !running || i == 300 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	images, err := controller.BootResources()
	must("boot resources", err)
	for _, image := range images {
		fmt.Println("image:", image.Name(), image.Architecture(), image.Type(), image.SubArchitectures().Contains("ga-24.04"))
	}

	config, err := maas.GetSubObject("maas").CallGet("get_config", url.Values{"name": {"default_osystem"}})
	must("get_config", err)
	value, err := config.GetString()
	must("config", err)
	fmt.Println("default_osystem:", value)
	must("delete selection", selected.Delete())
	must("delete source", source.Delete())
	_, err = source.Get()
	refusal, ok := gomaasapi.GetServerError(err)
	fmt.Println("after delete:", ok && refusal.StatusCode == 404)
}

func must(step string, err error) {
	if err != nil {
		fmt.Println(step+":", err)
		os.Exit(1)
	}
}
