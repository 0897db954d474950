// shows the description of the API; the address of the description stands in the page
"use strict";

const place = document.getElementById("swagger-ui");

if (place !== null && window.SwaggerUIBundle !== undefined) {
  window.SwaggerUIBundle({
    url: place.dataset.description,
    domNode: place,
    deepLinking: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    persistAuthorization: false,
    syntaxHighlight: false,
  });
}
